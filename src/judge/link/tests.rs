//! Links, and what only looks like one.

use super::*;

fn one(written: &str) -> Option<Link> {
    targets(written).into_iter().next()
}

#[test]
fn every_form_of_a_telegram_link_is_known() {
    let invite = Some(Link::Invite("abcdef12".into()));
    for written in [
        "t.me/+AbCdEf12",
        "https://t.me/joinchat/AbCdEf12",
        "http://telegram.me/+abcdef12",
        "telegram.dog/joinchat/abcdef12?x=1",
        "tg://join?invite=AbCdEf12",
        "tg:join?invite=abcdef12",
        "https://www.t.me/%2Babcdef12",
        "https://t.me:443/+abcdef12",
        "https://user@t.me/+abcdef12",
        "t.me/addlist/abcdef12",
        "tx.me/+abcdef12",
        "t.me/%6Aoinchat/abcdef12",
        "T.ME/+AbCdEf12",
        "t.me./+abcdef12",
        "http:/t.me/+abcdef12",
        "https://t.me\\+abcdef12",
        "https://web.telegram.org/k/#?tgaddr=tg%3A%2F%2Fjoin%3Finvite%3Dabcdef12",
    ] {
        assert_eq!(one(written), invite, "{written}");
    }
    for written in [
        "t.me/Some_Name",
        "https://some_name.t.me",
        "tg://resolve?domain=some_name",
        "tg:resolve?domain=some_name&start=1",
        "t.me/s/some_name/3",
        "t.me/some_name?start=abc",
        "t.me/some_name/app?startapp=1",
        "t.me/boost/some_name",
        "tg://boost?domain=some_name",
        "t.me/%73ome_name",
        "https://web.telegram.org/k/#@some_name",
        "https://web.telegram.org/#/im?p=@some_name",
    ] {
        assert_eq!(one(written), Some(Link::Name("some_name".into())), "{written}");
    }
    assert_eq!(one("t.me/+8613800000000"), Some(Link::Phone("8613800000000".into())));
    for written in [
        "t.me/c/1234/5",
        "t.me/addstickers/cats",
        "tg://user?id=5",
        "mailto:a@b.cn",
        "t.me",
        "t.me/",
        "t.me/ab",
        "tg://settings",
        "javascript://t.me/+abcdef12",
    ] {
        assert_eq!(one(written), None, "{written}");
    }
}

#[test]
fn the_real_host_decides() {
    for (written, host) in [
        ("https://t.me.evil.example/x", "t.me.evil.example"),
        ("https://t.me@evil.example/x", "evil.example"),
        ("https://t.me:pass@evil.example:8443/", "evil.example"),
        ("HTTPS://WWW.Evil.Example./", "evil.example"),
        ("https://例子.测试", "xn--fsqu00a.xn--0zwm56d"),
        ("https://gіthub.com", "xn--gthub-n2e.com"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://017700000001/x", "127.0.0.1"),
        ("http://[2001:db8::1]:8080/", "[2001:db8::1]"),
        ("https://evil.example\\@github.com/", "evil.example"),
        ("https://evil.example#@github.com/", "evil.example"),
        ("https://evil.example?@github.com/", "evil.example"),
        ("https://github.com%2eevil.example/", "github.com.evil.example"),
        ("https://ｅｖｉｌ．ｅｘａｍｐｌｅ/", "evil.example"),
        ("https://evil。example/", "evil.example"),
        ("https://evil\u{200b}.example/", "evil.example"),
        ("https://xn--gthub-n2e.com", "xn--gthub-n2e.com"),
        ("https://web.telegram.org/", "web.telegram.org"),
        ("ftp://evil.example/x", "evil.example"),
        ("t.me/proxy?server=evil.example&port=443", "evil.example"),
        ("tg://socks?server=evil.example", "evil.example"),
    ] {
        assert_eq!(one(written), Some(Link::Site(host.into())), "{written}");
    }
    assert!(is_within("docs.github.com", "github.com"));
    assert!(!is_within("evilgithub.com", "github.com"));
    assert!(!is_within("github.com.evil.example", "github.com"));
}

#[test]
fn a_redirect_is_seen_through() {
    assert_eq!(
        targets("https://google.com/url?q=https%3A%2F%2Ft.me%2F%2Babcdef12"),
        [Link::Site("google.com".into()), Link::Invite("abcdef12".into())]
    );
    let evil = [Link::Site("evil.example".into())];
    for written in [
        "https://t.me/share/url?url=https://evil.example/",
        "t.me/share/url?url=https://evil.example/",
        "tg://msg_url?url=https://evil.example/",
        "https://t.me/iv?url=https%3A%2F%2Fevil.example&rhash=1",
        "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fshare%2Furl%3Furl%3Dhttps%253A%252F%252Fevil.example",
    ] {
        assert_eq!(targets(written), evil, "{written}");
    }
    assert_eq!(targets("t.me/share/url?url=t.me/%2Babcdef12"), [Link::Invite("abcdef12".into())]);
    let endless = "https://t.me/iv?url=".repeat(200);
    assert!(targets(&endless).len() < 10);
}

#[test]
fn a_shortener_is_known_with_whatever_is_below_it() {
    for host in ["bit.ly", "t.cn", "x.t.cn", "clck.ru"] {
        assert!(is_shortener(host), "{host}");
    }
    for host in ["rabbit.ly", "bit.ly.example", "t.co.example", "github.com", "b23.tv", "youtu.be", "t.me"] {
        assert!(!is_shortener(host), "{host}");
    }
}

#[test]
fn links_are_found_in_running_text() {
    let found = |text| telegram_in(text).into_iter().chain(sites_in(text)).map(|w| w.link).collect::<Vec<_>>();
    for (text, link) in [
        ("进群t点me/abcdef", "t.me/abcdef"),
        ("t . me / + abcdef", ""),
        ("t . me / +abcdef 快", "t.me/+abcdef"),
        ("看tg://resolve?domain=abcdef", "tg://resolve?domain=abcdef"),
        ("访问evil.example/a?b=c领取", "evil.example/a?b=c"),
        ("https://пример.рф/x 好", "https://пример.рф/x"),
        ("(t.me/abcdef)", "t.me/abcdef"),
        ("read bbc.co.uk/books nice", "bbc.co.uk/books"),
        ("apply at penguin.co.uk.", "penguin.co.uk"),
        ("买东西上 jd.com.hk 看", "jd.com.hk"),
        ("github.com.evil.dev/x 好", "github.com.evil.dev/x"),
        ("github.com.cn:8080/x", "github.com.cn:8080/x"),
        ("see example.com. So nice", "example.com"),
        ("see example.com.Thanks", "example.com"),
        ("to a@bbc.co.uk", ""),
        ("to a@example.com", ""),
        ("t.me@evil.example/x", "t.me@evil.example/x"),
    ] {
        assert_eq!(found(text).first().map_or("", String::as_str), link, "{text}");
    }
    assert_eq!(found("3.5 me / you, end.Me too"), Vec::<String>::new());
}

#[test]
fn only_domains_are_domains() {
    for written in ["github.com", "Docs.GitHub.com", "例子.中国"] {
        assert!(domain(written).is_some(), "{written}");
    }
    for written in ["", "com", "https://github.com", "github.com/x", "a b.com", "127.0.0.1", "*.com", "x.com:80", "@x"]
    {
        assert_eq!(domain(written), None, "{written}");
    }
}

#[test]
fn a_dot_is_known_however_it_is_written() {
    for (text, link) in [
        ("看 example点com 领取", "example.com"),
        ("看example点com", "example.com"),
        ("www点shop-8点xyz/a?b=1 进", "www.shop-8.xyz/a?b=1"),
        ("go to example[.]com", "example.com"),
        ("go to example(.)com", "example.com"),
        ("example(dot)com/x", "example.com/x"),
        ("example [dot] com", "example.com"),
        ("example{dot}me", "example.me"),
        ("example dot com now", "example.com"),
        ("visit shop8 dot example dot com", "example.com"),
        ("visit example . com", "example.com"),
        ("好example。com", "example.com"),
        ("it is。example点com", "example.com"),
        ("example丶com", "example.com"),
        ("example·top", "example.top"),
        ("https://example点com/x", "https://example.com/x"),
        ("example【点】vip", "example.vip"),
    ] {
        let found: Vec<_> = sites_in(text).into_iter().map(|written| (written.link, written.spelled)).collect();
        assert_eq!(found, [(link.to_owned(), true)], "{text}");
    }
    for text in [
        "the dot com bubble",
        "during the dot com crash of 2000",
        "an early dot com company",
        "pets dot com boom",
        "9点com口坏了",
        "早上9点 me and you",
        "晚上8点live",
        "我下载了github。me too",
        "see you . me too",
        "the .net framework",
        "a dot in the middle",
        "见面地点online讨论",
        "连上wifi了。net fine",
        "3·15 com",
    ] {
        assert!(!sites_in(text).iter().any(|written| written.spelled && !targets(&written.link).is_empty()), "{text}");
    }
}

#[test]
fn words_with_dots_are_no_links() {
    for text in ["e.g. this", "main.rs and lib.rs", "v1.2.3", "node.js", "U.S.A.", "ok...me", "a.m.", "thx.see you"] {
        let found: Vec<_> = sites_in(text).into_iter().map(|written| written.link).collect();
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn what_an_escape_hides_is_in_lower_case_and_nothing_leads_nowhere() {
    assert_eq!(targets("tg://proxy?server=%45vil.example&port=443"), [Link::Site("evil.example".into())]);
    assert_eq!(targets("tg://resolve?domain=%4Dade_Up"), [Link::Name("made_up".into())]);
    assert_eq!(targets("tg://join?invite=%41b1"), [Link::Invite("ab1".into())]);
    for written in ["tg://join?invite=", "tg:join?invite=#x", "tg://resolve?phone=", "t.me/proxy?server="] {
        assert_eq!(targets(written), [], "{written}");
    }
}
