//! How fast messages are judged on one core, how that grows with their length, and what the model takes.
//!
//! `cargo bench --bench judge -- [messages]`. The texts are put together from parts: talk and ads in Chinese, English and
//! Russian, and what is longest to read of each disguise.

#![expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^52")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use steward::judge::alike::is_telling;
use steward::judge::linear::Model;
use steward::judge::spread::{Spread, Text, alike};
use steward::judge::{Class, Compiled, Context, SenderFacts, Settings, judge, judge_and_read, judge_in, near};
use steward::model::{ChatId, CommunityId, Message, MessageId, Span, Timestamp, UserId};

/// Telegram takes no longer text.
const LONGEST: usize = 4096;

/// Texts of one kind: each is one part from every list.
struct Kind {
    name: &'static str,
    parts: &'static [&'static [&'static str]],
}

const KINDS: [Kind; 6] = [
    Kind {
        name: "Chinese talk",
        parts: &[
            &["今天早上", "昨晚回家", "上周末", "明天中午", "刚才下楼"],
            &["带孩子去公园玩了", "读完了那本书", "做了番茄炒蛋", "跑了五公里", "整理了一下衣柜"],
            &["，挺累的", "，感觉不错", "，你们呢？", "，大家早点休息", "，下次一起吧", "。"],
            &["", "有人知道怎么请假吗", "打卡第 12 天", "哈哈哈", "图书馆几点关门来着"],
        ],
    },
    Kind {
        name: "Chinese ads",
        parts: &[
            &["急招兼职，", "在家就能做，", "招代理，", "诚信出售海外号，", "看片"],
            &["日结三百，", "一单一结，", "包教包会，", "价格美丽，", "稳赚不赔，"],
            &["加微信 ", "➕V：", "薇 信 ", "联系飞机 @", "進群 t點me/+", "扣扣 "],
            &["made_up_88", "boss9527x", "AbCdEf123", "2048123456"],
        ],
    },
    Kind {
        name: "English talk",
        parts: &[
            &[
                "I finished the second chapter",
                "We walked along the river",
                "My train was late again",
                "Dinner was great",
            ],
            &[" and I liked it a lot.", ", what about you?", " before the rain came.", ", see you on Friday."],
            &["", " Does anybody know when the library opens?", " Check in, day 12", " lol", " Thanks!"],
        ],
    },
    Kind {
        name: "English ads",
        parts: &[
            &[
                "Earn $500 a day from home, ",
                "Guaranteed profits, ",
                "Hiring remote staff, daily pay, ",
                "Free b0nus, ",
            ],
            &["no experience needed, ", "limited places, ", "trusted by thousands, "],
            &[
                "WhatsApp +1 555 010 7788",
                "message @made_up_boss",
                "join t.me/+AbCdEf123",
                "claim at prize dot example",
            ],
        ],
    },
    Kind {
        name: "Russian talk",
        parts: &[
            &["Сегодня дочитал главу", "Вчера гуляли по набережной", "Поезд опять опоздал", "Ужин удался"],
            &[", очень понравилось.", ", а у вас как?", " до дождя.", ", увидимся в пятницу."],
            &["", " Кто знает, когда открыта библиотека?", " Отмечаюсь, день 12", " Спасибо!"],
        ],
    },
    Kind {
        name: "Russian ads",
        parts: &[
            &["Ищем людей на удалённую работу, ", "Подрaботка рядом с домом, ", "Пассивный доход, "],
            &["выплаты ежедневно, ", "без опыта, ", "от 18 лет, "],
            &["пишите @made_up_boss", "телеграм: made_up_24", "вход t.me/+AbCdEf123"],
        ],
    },
];

/// What a long text is made of, again and again.
const LONG: [(&str, &str); 10] = [
    ("Chinese talk", "今天早上带孩子去公园玩了，感觉不错，下次一起吧。"),
    ("English talk", "We walked along the river before the rain came, see you on Friday. "),
    ("Russian talk", "Вчера гуляли по набережной до дождя, увидимся в пятницу. "),
    ("Chinese ads", "急招兼职，日结三百，加微信 made_up_88！"),
    ("links", "看 https://made-up.example/a?b=c 和 t.me/made_up_88 "),
    ("spelled out", "加 微 信 兼 职 日 结 b o n u s "),
    ("zero-width", "加\u{200b}微\u{2060}信\u{200b}"),
    ("taken apart", "力口徽亻言兼耳只"),
    ("numbers in words", "二零四八一二三四五六"),
    ("dots", "a.b.c.d.点.com。"),
];

fn said(text: String) -> Message {
    Message { text, ..Message::default() }
}

fn texts(kind: &Kind, count: usize, rng: &mut SmallRng) -> Vec<Message> {
    let mut text = || {
        let words: String = kind.parts.iter().filter_map(|part| part.choose(rng)).copied().collect();
        format!("{words} {}", rng.random_range(1..1000))
    };
    (0..count).map(|_| said(text())).collect()
}

/// The time all of them take, and how many are clean.
fn time(messages: &[Message], settings: &Compiled) -> (Duration, usize) {
    let sender = SenderFacts { joined: Some(Span::hours(1)), ..SenderFacts::default() };
    let begun = Instant::now();
    let clean = messages.iter().filter(|it| judge(black_box(it), &sender, settings).class == Class::Clean).count();
    (begun.elapsed(), clean)
}

fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// Memory of this process, in KiB. None where the system does not tell.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok())
}

fn more_since(before: Option<u64>) -> String {
    let more = resident().zip(before).map(|(now, before)| now.saturating_sub(before));
    more.map_or_else(|| "unknown".to_owned(), |kib| format!("{kib} KiB"))
}

fn speeds(count: usize, settings: &Compiled) {
    let mut rng = SmallRng::seed_from_u64(1);
    let all: Vec<(&str, Vec<Message>)> =
        KINDS.iter().map(|kind| (kind.name, texts(kind, count / KINDS.len(), &mut rng))).collect();
    let mut sum = (0, Duration::ZERO);
    for (name, messages) in &all {
        let (took, clean) = time(messages, settings);
        sum = (sum.0 + messages.len(), sum.1 + took);
        let (speed, percent) = (rate(messages.len(), took), 100.0 * clean as f64 / messages.len() as f64);
        println!("{name:<20}{speed:>9.0}/s  {percent:>5.1} % clean");
    }
    println!("{:<20}{:>9.0}/s", "all", rate(sum.0, sum.1));
    println!("\nthe same, each by somebody new, with copies looked for; what has copies is judged twice");
    for (name, messages) in &all {
        let (took, clean) = time_with_copies(messages, settings);
        let (speed, percent) = (rate(messages.len(), took), 100.0 * clean as f64 / messages.len() as f64);
        println!("{name:<20}{speed:>9.0}/s  {percent:>5.1} % clean");
    }
}

/// What somebody new writes each second, with copies of it looked for as the bot does; and how many are clean.
fn time_with_copies(messages: &[Message], settings: &Compiled) -> (Duration, usize) {
    let sender = SenderFacts { joined: Some(Span::hours(1)), ..SenderFacts::default() };
    let mut spread = Spread::default();
    let (mut clean, begun) = (0, Instant::now());
    for (n, message) in (1..).zip(messages) {
        let (mut verdict, read) = judge_and_read(black_box(message), &sender, settings, &Context::default());
        let signature = if is_telling(&verdict) { near::of_copies(&message.text, &read) } else { None };
        if let Some(signature) = signature {
            let (community, chat, at) = (CommunityId(1), ChatId(-1), Timestamp::from_secs(n));
            let text = Text { community, chat, message: MessageId(n), user: UserId(n), at };
            let copies = spread.note(text, &signature);
            let alike = alike(text, &copies, Span::hours(1), |_| None);
            if alike.is_some() {
                verdict = judge_in(message, &sender, settings, &Context { local: None, alike });
            }
        }
        clean += usize::from(verdict.class == Class::Clean);
    }
    (begun.elapsed(), clean)
}

/// What is remembered when as many texts as are kept have nothing in common.
fn memory_of_copies() {
    let (before, mut rng, mut spread) = (resident(), SmallRng::seed_from_u64(3), Spread::default());
    for n in 0..10_000 {
        let letters = (0..40).filter_map(|_| char::from_u32(rng.random_range(0x4e00..0x9000)));
        let letters: String = letters.collect();
        let Some(signature) = near::of_copies(&letters, &letters) else { continue };
        let (community, chat, at) = (CommunityId(1), ChatId(-1), Timestamp::from_secs(n));
        let text = Text { community, chat, message: MessageId(n), user: UserId(n), at };
        spread.note(text, &signature);
        spread.note_known(Text { community: CommunityId(2), message: MessageId(-n), ..text }, &signature);
    }
    let took = more_since(before);
    black_box(&spread);
    println!("memory for texts that go round {took}\n");
}

/// The least of several runs: what disturbs a run only adds to it.
fn least(messages: &[Message], settings: &Compiled) -> f64 {
    let run = |_| time(messages, settings).0.as_secs_f64() / messages.len() as f64;
    (0..5).map(run).fold(f64::INFINITY, f64::min)
}

fn lengths(settings: &Compiled) {
    let lengths = [64, 256, 1024, LONGEST];
    println!("\nmicroseconds by characters, and time for a character in the longest against 256");
    println!("{:<20}{:>9}{:>9}{:>9}{:>9}", "", lengths[0], lengths[1], lengths[2], lengths[3]);
    for (name, part) in LONG {
        let times = lengths.map(|length| {
            let text: String = part.chars().cycle().take(length).collect();
            let messages: Vec<_> = (0..(200 * 256 / length).max(10)).map(|_| said(text.clone())).collect();
            least(&messages, settings)
        });
        let ratio = times[3] / LONGEST as f64 / (times[1] / 256.0);
        let [a, b, c, d] = times.map(|time| time * 1e6);
        println!("{name:<20}{a:>9.1}{b:>9.1}{c:>9.1}{d:>9.1}  {ratio:.2}");
    }
}

fn main() {
    let count: usize = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(120_000);
    let before = resident();
    let model = Model::shipped();
    let (loaded, file) = (more_since(before), include_bytes!("../src/judge/ads.model").len());
    println!("model file {:.1} KiB, memory for it {loaded}", file as f64 / 1024.0);
    drop(model);
    let settings = Compiled::new(&Settings::default(), &[]);
    // Patterns and lists are made ready by the first messages.
    let mut rng = SmallRng::seed_from_u64(2);
    for kind in &KINDS {
        time(&texts(kind, 50, &mut rng), &settings);
    }
    println!("memory with everything that judging needs {}", more_since(before));
    memory_of_copies();
    speeds(count, &settings);
    lengths(&settings);
}
