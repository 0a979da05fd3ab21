//! Who joined together with many others.

use super::*;

#[test]
fn coming_with_many_others_brings_a_way_to_be_reached_before_the_staff_and_strikes_nobody() {
    let burst = SenderFacts { burst: true, ..newcomer() };
    for text in ["大家好", "今天的话题真有意思，我也来说两句", "请问群规在哪里看？"] {
        assert_eq!(judge(&said(text), &burst, &settings()), judge(&said(text), &newcomer(), &settings()), "{text}");
    }
    for text in ["我微信号是 lingling_2026", "我的频道 @reading_notes", "电话 13800138000"] {
        assert!(class(&said(text), newcomer()) < Class::Ad, "{text}");
        assert_eq!(class(&said(text), burst), Class::Suspect, "{text}");
    }
}

#[test]
fn it_is_forgotten_of_who_has_become_a_member() {
    let text = "我的频道 @reading_notes";
    for sender in [member(), established(), SenderFacts { trusted: true, ..newcomer() }] {
        let burst = SenderFacts { burst: true, ..sender };
        assert_eq!(judge(&said(text), &burst, &settings()), judge(&said(text), &sender, &settings()));
    }
}
