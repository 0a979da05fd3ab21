//! Bad files beside what is said about each.

/// For the settings of a community.
pub(super) const CASES: &[(&str, &str)] = &[
    (
        "zone = 'shanghai'
language = 'zh'",
        r#"
c.toml:1:8: zone = 'shanghai': not a time zone. Did you mean "Asia/Shanghai"?
c.toml:2:12: language = 'zh': not one of `zh-CN`, `en`. Did you mean "zh-CN"?
"#,
    ),
    (
        "zne = 'Asia/Shanghai'",
        "
c.toml:1:1: zne: unknown key; known here: `zone`, `language`, `chats`, `bot`, `calendar`, `ladder`, `texts`, `tiers`. Did you mean zone?
",
    ),
    (
        "zone = 'Asia/Shanghai'
chats = [1, '2', 1.0, 4]",
        "
c.toml:2:9: chats: too long: 4, and at most 3 fit
c.toml:2:13: chats[1] = '2': expected a whole number, found text. Did you mean 2?
c.toml:2:18: chats[2] = 1.0: expected a whole number, found a decimal number. Did you mean 1?
",
    ),
    (
        "zone = 'Asia/Shanghai'
chats = 7",
        "
c.toml:2:9: chats = 7: expected a list, found a whole number. Did you mean [7]?
",
    ),
    (
        "zone = 'Asia/Shanghai'
zone = 5
language = 1",
        "
c.toml:2:1: zone: this key is given twice
c.toml:3:12: language = 1: expected one of `zh-CN`, `en`, found a whole number
",
    ),
    (
        "zone = 'Asia/Shanghai'
[[calendar]]
title = '群'
at = '25:00'
[[calendar]]
at = 08:00
titel = 'x'
pin = 'true'",
        r#"
c.toml:4:6: calendar[0].at = '25:00': not one of `sunrise`, `noon`; and not a time of day: hours go from 0 to 23. Did you mean "23:00"?
c.toml:6:6: calendar[1].at = 08:00: expected one of `sunrise`, `noon` or text, found a time without quotes. Did you mean "08:00"?
c.toml:7:1: calendar[1].titel: unknown key; known here: `title`, `at`, `pin`, `quiet`. Did you mean title?
c.toml:8:7: calendar[1].pin = 'true': expected true or false, found text. Did you mean true?
"#,
    ),
    (
        "zone = 'Asia/Shanghai'
[[calendar]]
title = 1
at = 'nonn'
quiet = { lenght = '1h' }",
        r#"
c.toml:3:9: calendar[0].title = 1: expected text, found a whole number. Did you mean "1"?
c.toml:4:6: calendar[0].at = 'nonn': not one of `sunrise`, `noon`; and not a time of day. Did you mean "noon"?
c.toml:5:11: calendar[0].quiet.lenght: unknown key; known here: `length`. Did you mean length?
"#,
    ),
    (
        "zone = 'Asia/Shanghai'
[calendar]
title = 'x'",
        "
c.toml:2:1: calendar: expected a list, found a table. Did you mean [[calendar]]?
",
    ),
    (
        "zone = 'Asia/Shanghai'
[[bot]]
token = 'a:b'",
        "
c.toml:2:1: bot: expected a table, found a list. Did you mean [bot]?
",
    ),
    (
        "zone = 'Asia/Shanghai'
ladder = [
{ do = 'warn', for = '1h' },
{ do = 'mute', for = 5 },
{ do = 'mite' },
{ fro = '2h' },
{ do = 1 },
{ doo = 'mute' },
5,
{ do = 'mute' },
]",
        r#"
c.toml:3:16: ladder[0].for: unknown key; known here: `do`
c.toml:4:22: ladder[1].for = 5: expected text, found a whole number. Did you mean "5h"?
c.toml:5:8: ladder[2].do = 'mite': not one of `warn`, `mute`, `ban`. Did you mean "mute"?
c.toml:6:1: ladder[3].do: missing; it is one of `warn`, `mute`, `ban`
c.toml:6:3: ladder[3].fro: unknown key; known here: `do`, `for`, `quiet`. Did you mean for?
c.toml:7:8: ladder[4].do = 1: expected one of `warn`, `mute`, `ban`, found a whole number
c.toml:8:3: ladder[5].doo: unknown key; known here: `do`, `for`, `quiet`. Did you mean do?
c.toml:9:1: ladder[6]: expected a table, found a whole number
c.toml:10:1: ladder[7].for: missing; for example for = "20s"
"#,
    ),
    (
        "zone = 'Asia/Shanghai'
[bot]
workers = 9
verbose = 'yes'",
        "
c.toml:2:1: bot.token: missing
c.toml:3:11: bot.workers = 9: too large: at most 8. Did you mean 8?
c.toml:4:11: bot.verbose = 'yes': expected true or false, found text
",
    ),
    (
        "zone = 'Asia/Shanghai'
[bot]
token = 'a:b'
workers = 0x10",
        "
c.toml:4:11: bot.workers = 0x10: too large: at most 8. Did you mean 8?
",
    ),
    (
        "zone = 'Asia/Shanghai'
[tiers.gold]
points = 3",
        "
c.toml:3:10: tiers.gold.points = 3: 3 points are odd
",
    ),
    (
        "zone = 'Asia/Shanghai'
[tiers.'群主']
points = 5000000000
[texts]
a.b = 1",
        r#"
c.toml:3:10: tiers."群主".points = 5000000000: too large: at most 4294967295. Did you mean 4294967295?
c.toml:5:1: texts.a: expected text, found a table
"#,
    ),
    (
        "zone = 'Asia/Shanghai
[x",
        "
c.toml:1:22: not TOML: invalid literal string, expected `'`
",
    ),
    (
        "zone = a
= 5
language = yes",
        "
c.toml:1:8: not TOML: string values must be quoted, expected literal string
",
    ),
];

/// For settings of several forms.
pub(super) const FORM_CASES: &[(&str, &str)] = &[
    (
        "aim = -100
prizes = ['nothing', { points = 5 }, { badge = { title = 'x' } }]
pair = [1, 'x']
[levels]
1 = true
[[jobs]]
name = 'a'
kind = 'post'
text = 'x'",
        "",
    ),
    (
        "aim = { chat = 5, topic = 'x' }",
        "
f.toml:1:27: aim.topic = 'x': expected a whole number, found text
",
    ),
    (
        "aim = { chat = 5 }",
        "
f.toml:1:7: aim.topic: missing
",
    ),
    (
        "aim = { user = 'x' }",
        "
f.toml:1:9: aim.user: unknown key; known here: `username`. Did you mean username?
",
    ),
    (
        "aim = 'x'",
        "
f.toml:1:1: aim: expected a whole number or a table, found text
",
    ),
    (
        "prizes = ['nothin', 'x', { point = 5 }, { badge = {} }, { points = -1 }, 5]",
        r#"
f.toml:1:11: prizes[0] = 'nothin': not one of `nothing`. Did you mean "nothing"?
f.toml:1:21: prizes[1] = 'x': not one of `nothing`
f.toml:1:28: prizes[2].point: unknown key; known here: `points`. Did you mean points?
f.toml:1:51: prizes[3].badge.title: missing
f.toml:1:68: prizes[4].points = -1: too small: at least 0. Did you mean 0?
f.toml:1:74: prizes[5]: expected one of `nothing` or a table, found a whole number
"#,
    ),
    (
        "pair = [300, 5]
[levels]
1 = true
x = true
300 = true",
        r#"
f.toml:1:9: pair[0] = 300: too large: at most 255. Did you mean 255?
f.toml:1:14: pair[1] = 5: expected text, found a whole number. Did you mean "5"?
f.toml:4:1: levels.x: unknown key
f.toml:5:7: levels.300 = true: number too large to fit in target type
"#,
    ),
    (
        "pair = [1]
[levels]
300 = true",
        "
f.toml:1:8: pair: too short: 1, and at least 2 are needed
f.toml:3:7: levels.300 = true: number too large to fit in target type
",
    ),
    (
        "levels = { 300 = true }",
        "
f.toml:1:18: levels.300 = true: number too large to fit in target type
",
    ),
    (
        "[[jobs]]
name = ''
kind = 'post'
options = []
[[jobs]]
name = 'abcdef'
kind = 'pol'
[[jobs]]
name = 'A'
knd = 'poll'",
        r#"
f.toml:1:1: jobs[0].text: missing
f.toml:2:8: jobs[0].name = '': must not be empty
f.toml:4:1: jobs[0].options: unknown key; known here: `name`, `kind`, `text`
f.toml:6:8: jobs[1].name = 'abcdef': too long: 6, and at most 5 fit
f.toml:7:8: jobs[1].kind = 'pol': not one of `post`, `poll`. Did you mean "poll"?
f.toml:9:8: jobs[2].name = 'A': does not match the pattern ^[a-z]*$
f.toml:10:1: jobs[2].knd: unknown key; known here: `name`, `kind`, `text`, `options`. Did you mean kind?
"#,
    ),
];
