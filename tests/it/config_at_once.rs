//! However many mistakes there are, and of whatever kind, all are told at once and none twice.

use crate::config::{places, told};

#[test]
fn mistakes_of_every_kind_are_told_at_once() {
    let bad = "\
chats = [-1001, -1002, '-1003', 5]
staff_chat = -1001
id = 'A'
purpose = 'We {{ read }}'
[texts]
'arrival.hello' = '<b>oops'
'nobody.says' = 'x'
'checkin.owed' = 'Hi {{ member }'
[welcome]
text = '<i>Hi {{ newcomers }}'
name_at_most = 'five'
rules = '<h1>'
[strikes]
ladder = []
burst = '10 parsecs'
warning_for = '3d'
[strikes.judge]
allow_domains = ['no domain']
[checkin]
rewards = [{ streak = 7, give = 'none' }, { streak = 'x', give = 'kit' }]
[checkin.gifts.kit]
text = 'x'
[[calendar]]
id = 'A b'
at = '25:00'
text = '<b>x'
bank = ['y']
chats = [-5]
[[calendar]]
id = 'two'
cron = '61 8 * * *'
photo = 'none.jpg'
text = 'Hello {{ community }}'
[[calendar]]
id = 'two'
at = '08:00'
poll = { question = 'Q', options = ['one'] }
[[calendar]]
id = 'four'
tetx = 'x'
at = '09:00'
[[calendar]]
id = 'five'
at = '10:00'
text = 5
";
    let files = [
        ("steward.toml", "listen = '?'\ndatabase = 5\n[rates]\nper_second = 'fast'\n[access]\ndefault = 'c.toml'"),
        ("communities/a.toml", bad),
        ("communities/b.toml", "chats = [-1002]\nlanguage = 'de'\nstaff_chat = 7"),
    ];
    let told = told(&files);
    let expected = "\
communities/a.toml:1:24 chats[2]
communities/a.toml:1:33 chats[3]
communities/a.toml:2:14 staff_chat
communities/a.toml:3:6 id
communities/a.toml:4:11 purpose
communities/a.toml:6:19 texts.\"arrival.hello\"
communities/a.toml:7:17 texts.\"nobody.says\"
communities/a.toml:8:18 texts.\"checkin.owed\"
communities/a.toml:10:8 welcome.text
communities/a.toml:11:16 welcome.name_at_most
communities/a.toml:12:9 welcome.rules
communities/a.toml:14:10 strikes.ladder
communities/a.toml:15:9 strikes.burst
communities/a.toml:16:15 strikes.warning_for
communities/a.toml:18:18 strikes.judge.allow_domains[0]
communities/a.toml:20:33 checkin.rewards[0].give
communities/a.toml:20:54 checkin.rewards[1].streak
communities/a.toml:21:1 checkin.gifts.kit.title
communities/a.toml:24:6 calendar[0].id
communities/a.toml:25:6 calendar[0].at
communities/a.toml:26:8 calendar[0].text
communities/a.toml:27:8 calendar[0].bank
communities/a.toml:31:8 calendar[1].cron
communities/a.toml:32:9 calendar[1].photo
communities/a.toml:33:8 calendar[1].text
communities/a.toml:35:6 calendar[2].id
communities/a.toml:37:36 calendar[2].poll.options
communities/a.toml:40:1 calendar[3].tetx
communities/a.toml:45:8 calendar[4].text
communities/b.toml:1:10 chats[0]
communities/b.toml:2:12 language
communities/b.toml:3:14 staff_chat
steward.toml:1:10 listen
steward.toml:2:12 database
steward.toml:4:14 rates.per_second
steward.toml:6:11 access.default";
    assert_eq!(places(&told), expected.lines().collect::<Vec<_>>(), "{told}");
}

#[test]
fn a_mistake_brings_no_others_that_go_with_it() {
    for (text, expected) in [
        // Without it the post would have no time, the gift no title, the reward no gift, the shadow no staff.
        ("[[calendar]]\nid = 'a'\ntext = 'x'\nat = 'noonish'", "a.toml:4:6 calendar[0].at"),
        ("[[calendar]]\nid = 'a'\ntext = 'x'\natt = '20:00'", "a.toml:4:1 calendar[0].att"),
        ("[[calendar]]\nid = 5\ntext = 'x'\nat = '20:00'", "a.toml:2:6 calendar[0].id"),
        ("[checkin]\nrewards = [{ streak = 7, give = 'kit' }]\ngifts = { kit = 5 }", "a.toml:3:11 checkin.gifts.kit"),
        (
            "[checkin]\nrewards = [{ streak = 7, give = 'kit' }]\n[checkin.gifts.kit]\ntext = 'x'",
            "a.toml:3:1 checkin.gifts.kit.title",
        ),
        ("staff_chat = 'x'\n[strikes]\nshadow = true", "a.toml:1:14 staff_chat"),
        ("chats = 'x'\n[[calendar]]\nid = 'a'\ntext = 'x'\nat = '20:00'\nchats = [-5]", "a.toml:1:9 chats"),
        ("[strikes]\nladder = [5]", "a.toml:2:11 strikes.ladder[0]"),
        ("[strikes]\nladder = [{ do = 'mute', for = 'long' }]", "a.toml:2:32 strikes.ladder[0].for"),
        ("[strikes]\nladder = [{ do = 'x', for = '1h' }]", "a.toml:2:18 strikes.ladder[0].do"),
        ("[strikes]\nladder = [{ do = 'x', for = '1s' }]", "a.toml:2:18 strikes.ladder[0].do"),
        ("[strikes]\nexpire_after = 'x'\nburst = '2h'", "a.toml:2:16 strikes.expire_after"),
        ("id = 5", "a.toml:1:6 id"),
    ] {
        let told = told(&[("steward.toml", ""), ("communities/a.toml", text), ("communities/b.toml", "id = 'b'")]);
        assert_eq!(places(&told), [format!("communities/{expected}")], "{text}\n{told}");
    }
}

#[test]
fn what_stands_behind_a_bad_item_of_a_list_keeps_its_place() {
    let text =
        "chats = [-1, 'x', -1]\n[strikes]\nladder = [5, { do = 'mute' }, { do = 'x' }, { do = 'warn', for = '1h' }]";
    let told = told(&[("steward.toml", ""), ("communities/a.toml", text)]);
    let expected = [
        "1:14 chats[1]",
        "1:19 chats[2]",
        "3:11 strikes.ladder[0]",
        "3:14 strikes.ladder[1]",
        "3:38 strikes.ladder[2].do",
        "3:66 strikes.ladder[3].for",
    ];
    assert_eq!(places(&told), expected.map(|place| format!("communities/a.toml:{place}")), "{told}");
}

#[test]
fn a_section_that_is_there_twice_hides_nothing_else() {
    let text = "chats = [-1, -1]\n[checkin]\nrewards = [{ streak = 7, give = 'kit' }]\n[checkin]\nwords = []\n\
                [welcome]\nrules = '<h1>'";
    let told = told(&[("steward.toml", ""), ("communities/a.toml", text)]);
    let expected = ["a.toml:1:14 chats[1]", "a.toml:4:2 checkin", "a.toml:7:9 welcome.rules"];
    assert_eq!(places(&told), expected.map(|place| format!("communities/{place}")), "{told}");
}

#[test]
fn of_what_is_no_toml_the_first_mistake_is_told_for_each_file() {
    let text = "chats = [-1\n[welcome]\nrules = 'x'\n[[calendar]]\nid = 'a'\ntext = x\n";
    let told = told(&[("steward.toml", "listen = "), ("communities/a.toml", text), ("communities/b.toml", "x = [")]);
    let files: Vec<_> = told.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(files, ["communities/a.toml", "communities/b.toml", "steward.toml"], "{told}");
}
