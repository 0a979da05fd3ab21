//! Everything said about strikes, and how lengths and dates are written.

use crate::cx::Phrase;
use crate::model::{Lang, Span};

const fn phrase(key: &'static str, zh: &'static str, en: &'static str, values: &'static [&'static str]) -> Phrase {
    Phrase { key, zh, en, values }
}

const WARNED: &[&str] = &["member", "rule", "number", "limit", "more", "length", "until"];
const CARD: &[&str] = &["id", "member", "user", "chat", "time", "found", "reasons", "text", "done", "notes"];

pub const PHRASES: &[Phrase] = &[
    phrase("strikes.setting_shadow", "只观察广告，不处理", "Only watch for ads, do nothing about them", &[]),
    // ── in the group
    phrase(
        "strikes.warned",
        "{{ member }}，你的消息含有广告内容（{{ rule }}），已移除。这是第 {{ number }} 次提醒{% if length %}，\
         禁言 {{ length }}{% endif %}。{% if more %}累计 {{ limit }} 次会被{{ more }}；{% endif %}{{ until }}起这次不再计入。",
        "{{ member }}, your message looked like advertising ({{ rule }}) and was removed. This is strike {{ number }}\
         {% if length %}: you are muted for {{ length }}{% endif %}. {% if more %}{{ limit }} strikes mean you will be \
         {{ more }}. {% endif %}It no longer counts from {{ until }}.",
        WARNED,
    ),
    phrase(
        "strikes.warned_by_staff",
        "{{ member }}，请留意群规：{{ rule }}。这是第 {{ number }} 次提醒{% if length %}，禁言 {{ length }}{% endif %}。\
         {% if more %}累计 {{ limit }} 次会被{{ more }}；{% endif %}{{ until }}起这次不再计入。",
        "{{ member }}, a word from the team: {{ rule }}. This is strike {{ number }}{% if length %}: you are muted for \
         {{ length }}{% endif %}. {% if more %}{{ limit }} strikes mean you will be {{ more }}. {% endif %}It no longer \
         counts from {{ until }}.",
        WARNED,
    ),
    phrase(
        "strikes.published",
        "公示：{{ name }} 因{{ rule }}{% if banned %}已被封禁{% else %}已被移出群聊{% endif %}。谢谢大家一起维护交流环境。",
        "Notice: {{ name }} was {% if banned %}banned{% else %}removed{% endif %} from the group ({{ rule }}). Thank you all \
         for keeping this a good place to talk.",
        &["name", "rule", "banned"],
    ),
    phrase(
        "strikes.cleared",
        "{{ member }}，管理员复核过了：刚才的处理是误判，已经撤销，记录也清掉了。给你添麻烦了，欢迎继续聊。",
        "{{ member }}, the team has looked again: that was our mistake. It has been undone and no longer counts. Sorry for \
         the trouble, and please carry on.",
        &["member"],
    ),
    phrase("strikes.reported", "谢谢提醒，管理员会尽快处理。", "Thank you. The team will look at it soon.", &[]),
    phrase(
        "strikes.report_limit",
        "你这一小时举报得比较多，先缓一缓；急事请直接联系管理员。",
        "You have reported a lot within the hour. Please wait a little, or write to an administrator if it is urgent.",
        &[],
    ),
    phrase(
        "strikes.report_staff",
        "管理员的消息不走举报，有意见请直接告诉群主或其他管理员。",
        "Messages of the team are not taken as reports. Please tell the owner or another administrator.",
        &[],
    ),
    // ── to the person, in private
    phrase(
        "strikes.private",
        "你在「{{ group }}」的消息含有广告内容或违反群规（{{ rule }}），处理结果：{{ done }}。如有误判，可以点下方按钮申诉。",
        "Your message in “{{ group }}” looked like advertising or broke the rules ({{ rule }}). What was done: {{ done }}. If \
         we got it wrong, you can appeal below.",
        &["group", "rule", "done"],
    ),
    phrase("strikes.appeal_button", "这是误判，申诉", "This is a mistake: appeal", &[]),
    phrase(
        "strikes.appeal_sent",
        "已转给管理员复核，有结果会告诉你。",
        "The team will look at it again and let you know.",
        &[],
    ),
    phrase(
        "strikes.appeal_again",
        "这次已经申诉过了，请等管理员复核。",
        "You have appealed already. Please wait for the team.",
        &[],
    ),
    phrase(
        "strikes.appeal_over",
        "这次的处理已经撤销，不用申诉了。",
        "This has been undone; there is nothing to appeal.",
        &[],
    ),
    phrase(
        "strikes.appeal_rejected_before",
        "管理员已经复核过，维持原处理。",
        "The team has looked at it again; it stands.",
        &[],
    ),
    phrase(
        "strikes.appeal_not_yours",
        "这个按钮是给被提醒的成员用的。",
        "This button is for the member who was warned.",
        &[],
    ),
    phrase(
        "strikes.appeal_rejected",
        "{{ member }}，管理员复核了你的申诉，这次维持原处理。{{ until }}起不再计入。",
        "{{ member }}, the team has looked at your appeal: it stands. It no longer counts from {{ until }}.",
        &["member", "until"],
    ),
    phrase("strikes.gone", "这个按钮已经失效。", "This button no longer works.", &[]),
    // ── to the staff
    phrase(
        "strikes.card",
        "<b>{{ found }}</b> #{{ id }}\n{{ member }}（<code>{{ user }}</code>）· {{ chat }} · {{ time }}\n\
         {% for reason in reasons %}· {{ reason.name }}{% if reason.evidence %}：<code>{{ reason.evidence }}</code>{% endif %}\n\
         {% endfor %}{% if text %}<blockquote>{{ text }}</blockquote>\n{% endif %}处理：{{ done }}\
         {% for note in notes %}\n{{ note }}{% endfor %}",
        "<b>{{ found }}</b> #{{ id }}\n{{ member }} (<code>{{ user }}</code>) · {{ chat }} · {{ time }}\n\
         {% for reason in reasons %}· {{ reason.name }}{% if reason.evidence %}: <code>{{ reason.evidence }}</code>{% endif %}\n\
         {% endfor %}{% if text %}<blockquote>{{ text }}</blockquote>\n{% endif %}Done: {{ done }}\
         {% for note in notes %}\n{{ note }}{% endfor %}",
        CARD,
    ),
    phrase("strikes.found.ad", "广告", "Advertising", &[]),
    phrase("strikes.found.severe", "严重违规", "Severe words", &[]),
    phrase("strikes.found.suspect", "疑似广告，请看一眼", "Perhaps advertising: please look", &[]),
    phrase("strikes.found.report", "成员举报", "Reported by members", &[]),
    phrase("strikes.found.warn", "管理员提醒", "Warned by the team", &[]),
    phrase("strikes.found.order", "管理员操作", "Done by the team", &[]),
    phrase(
        "strikes.done",
        "{% if penalty == 'warn' %}已提醒{% elif penalty == 'mute' %}禁言 {{ length }}{% elif penalty == 'remove' %}移出群聊\
         {% elif penalty == 'ban' %}封禁{% elif shadow %}观察模式，未处理{% else %}未处理{% endif %}{% if number %}\
         （第 {{ number }} 次，{{ until }}起不再计入）{% endif %}",
        "{% if penalty == 'warn' %}warned{% elif penalty == 'mute' %}muted for {{ length }}{% elif penalty == 'remove' %}\
         removed{% elif penalty == 'ban' %}banned{% elif shadow %}nothing (shadow mode){% else %}nothing yet{% endif %}\
         {% if number %} (strike {{ number }}, counts until {{ until }}){% endif %}",
        &["penalty", "length", "shadow", "number", "until"],
    ),
    phrase("strikes.more.mute", "禁言", "muted", &[]),
    phrase("strikes.more.remove", "移出群聊", "removed", &[]),
    phrase("strikes.more.ban", "封禁", "banned", &[]),
    phrase("strikes.note.reports", "📣 {{ n }} 人举报", "📣 Reported by {{ n }}", &["n"]),
    phrase("strikes.note.given_by", "操作人：{{ by }}", "By {{ by }}", &["by"]),
    phrase("strikes.note.cleared", "✅ {{ by }}：不是广告，已撤销", "✅ {{ by }}: not an ad, undone", &["by"]),
    phrase("strikes.note.fine", "✅ {{ by }}：没问题", "✅ {{ by }}: fine as it is", &["by"]),
    phrase("strikes.note.struck", "⚠️ {{ by }}：是广告，已处理", "⚠️ {{ by }}: an ad, dealt with", &["by"]),
    phrase("strikes.note.banned", "⛔ {{ by }}：封禁", "⛔ {{ by }}: banned", &["by"]),
    phrase("strikes.note.trusted", "🤝 {{ by }}：以后信任此人", "🤝 {{ by }}: trusted from now on", &["by"]),
    phrase("strikes.note.immune", "对方是管理员，已自动撤销", "The person is an administrator: undone", &[]),
    phrase("strikes.note.undone", "↩️ {{ by }} 撤销了这次处理", "↩️ Undone by {{ by }}", &["by"]),
    phrase("strikes.note.appeal.open", "🙋 成员已申诉", "🙋 The member appeals", &[]),
    phrase("strikes.note.appeal.accepted", "🙋 申诉成立", "🙋 Appeal upheld", &[]),
    phrase("strikes.note.appeal.rejected", "🙋 申诉驳回", "🙋 Appeal rejected", &[]),
    phrase("strikes.key.clear", "不是广告", "Not an ad", &[]),
    phrase("strikes.key.fine", "没问题", "It is fine", &[]),
    phrase("strikes.key.strike", "是广告", "It is an ad", &[]),
    phrase("strikes.key.ban", "封禁", "Ban", &[]),
    phrase("strikes.key.trust", "信任此人", "Trust", &[]),
    phrase("strikes.key.accept", "成立，撤销处理", "Uphold and undo", &[]),
    phrase("strikes.key.reject", "驳回", "Reject", &[]),
    phrase(
        "strikes.appeal",
        "🙋 {{ member }} 对 #{{ id }} 提出申诉，说这是误判。{% if text %}\n<blockquote>{{ text }}</blockquote>{% endif %}\
         {% if outcome %}\n{{ outcome }}{% endif %}",
        "🙋 {{ member }} appeals against #{{ id }}.{% if text %}\n<blockquote>{{ text }}</blockquote>{% endif %}\
         {% if outcome %}\n{{ outcome }}{% endif %}",
        &["member", "id", "text", "outcome"],
    ),
    phrase("strikes.decided", "好的，已处理。", "Done.", &[]),
    phrase("strikes.decided_before", "已经处理过了。", "Somebody has dealt with it already.", &[]),
    phrase("strikes.staff_only", "这个按钮只有管理员能用。", "Only the team can use this button.", &[]),
    phrase(
        "strikes.digest",
        "刷屏中：另有 {{ n }} 条广告或可疑消息（#{{ first }} 到 #{{ last }}），就不逐条发了。误判可以用 /unwarn #编号 撤销。",
        "A flood: {{ n }} more ads or suspicious messages (#{{ first }} to #{{ last }}), no card for each. To undo one: /unwarn #number.",
        &["n", "first", "last"],
    ),
    phrase(
        "strikes.channel",
        "<b>频道广告</b> · {{ chat }}\n频道「{{ name }}」{% if done %}的消息已删除，并禁止它在群里发言。{% else %}的消息像广告，\
         未处理。{% endif %}\n{% for reason in reasons %}· {{ reason.name }}{% if reason.evidence %}：\
         <code>{{ reason.evidence }}</code>{% endif %}\n{% endfor %}{% if text %}<blockquote>{{ text }}</blockquote>{% endif %}",
        "<b>Advertising by a channel</b> · {{ chat }}\n“{{ name }}”: {% if done %}the message was deleted, and the channel may no \
         longer write here.{% else %}the message looks like an ad; nothing was done.{% endif %}\n{% for reason in reasons %}· \
         {{ reason.name }}{% if reason.evidence %}: <code>{{ reason.evidence }}</code>{% endif %}\n{% endfor %}\
         {% if text %}<blockquote>{{ text }}</blockquote>{% endif %}",
        &["chat", "name", "done", "reasons", "text"],
    ),
    phrase(
        "strikes.trouble.delete",
        "有消息删不掉（{{ chat }}）：我没有删除权限，或者消息超过 48 小时。请手动删除。",
        "A message could not be deleted ({{ chat }}): I lack the right, or it is older than 48 hours. Please delete it by hand.",
        &["chat"],
    ),
    phrase(
        "strikes.trouble.restrict",
        "没能禁言或移出（{{ chat }}）：我缺少「封禁用户」权限。",
        "Somebody could not be muted or put out ({{ chat }}): I lack the right to ban users.",
        &["chat"],
    ),
    phrase(
        "strikes.trouble.supergroup",
        "没能执行（{{ chat }}）：普通群不支持禁言，请先把它升级为超级群。",
        "This does not work in a basic group ({{ chat }}). Please turn it into a supergroup first.",
        &["chat"],
    ),
    phrase(
        "strikes.trouble.other",
        "Telegram 没有接受一项处理（{{ chat }}），请手动确认。",
        "Telegram did not accept something ({{ chat }}). Please check by hand.",
        &["chat"],
    ),
    // ── answers to commands
    phrase("strikes.elsewhere", "这个命令请在群里用。", "Please use this command in the group.", &[]),
    phrase(
        "strikes.usage",
        "用法：{{ example }}\n也可以回复对方的消息发送命令，或者写 @用户名 / 数字 ID。",
        "Usage: {{ example }}\nReply to a message of theirs, or give an @name or a numeric id.",
        &["example"],
    ),
    phrase(
        "strikes.usage_report",
        "请回复要举报的那条消息，再发送 /report。",
        "Reply to the message you mean with /report.",
        &[],
    ),
    phrase(
        "strikes.stranger",
        "我没见过这个人，没法按用户名找到。请回复 TA 的消息，或者写数字 ID。",
        "I have not seen this person, so I cannot find them by name. Reply to a message of theirs, or give the numeric id.",
        &[],
    ),
    phrase(
        "strikes.length",
        "时长要在 35 秒到 365 天之间，比如 /mute 2h 或 /mute 30分钟。",
        "A mute lasts from 35 seconds to 365 days, such as /mute 2h or /mute 30m.",
        &[],
    ),
    phrase("strikes.spared.me", "这是我自己呀。", "That is me.", &[]),
    phrase(
        "strikes.spared.bot",
        "对方是机器人，请在成员列表里直接移除。",
        "That is a bot. Please remove it from the list of members.",
        &[],
    ),
    phrase(
        "strikes.spared.stand_in",
        "这是匿名或频道身份，没法对应到人。",
        "That is nobody in particular: an anonymous or channel identity.",
        &[],
    ),
    phrase("strikes.spared.staff", "对方是管理员，不能这样处理。", "That is one of the team: I leave them alone.", &[]),
    phrase("strikes.not_here", "{{ member }} 不在群里。", "{{ member }} is not in the group.", &["member"]),
    phrase(
        "strikes.already",
        "这条消息已经处理过了（#{{ id }}）。",
        "That message has been dealt with already (#{{ id }}).",
        &["id"],
    ),
    phrase(
        "strikes.just_now",
        "刚刚有人提醒过 {{ member }} 了，这次不重复记。",
        "{{ member }} was warned only a moment ago; this one is not counted.",
        &["member"],
    ),
    phrase(
        "strikes.ok.warn",
        "已提醒 {{ member }}（#{{ id }}）。",
        "{{ member }} was warned (#{{ id }}).",
        &["member", "id"],
    ),
    phrase(
        "strikes.ok.unwarn",
        "已撤销 {{ member }} 的 #{{ id }}。",
        "#{{ id }} of {{ member }} was undone.",
        &["member", "id"],
    ),
    phrase("strikes.no.unwarn", "{{ member }} 没有生效中的记录。", "{{ member }} has no strike in force.", &["member"]),
    phrase("strikes.no.case", "没有这个编号，或者已经撤销了。", "There is no such number, or it has been undone.", &[]),
    phrase(
        "strikes.ok.mute",
        "已禁言 {{ member }} {{ length }}。",
        "{{ member }} is muted for {{ length }}.",
        &["member", "length"],
    ),
    phrase("strikes.ok.unmute", "{{ member }} 可以发言了。", "{{ member }} can write again.", &["member"]),
    phrase("strikes.ok.kick", "已将 {{ member }} 移出群聊。", "{{ member }} was removed.", &["member"]),
    phrase("strikes.ok.ban", "已封禁 {{ member }}。", "{{ member }} was banned.", &["member"]),
    phrase(
        "strikes.ok.unban",
        "已解除对 {{ member }} 的封禁，TA 可以重新加入。",
        "{{ member }} is no longer banned and may come back.",
        &["member"],
    ),
    phrase(
        "strikes.ok.trust",
        "以后信任 {{ member }}：只有严重违规才会处理。",
        "{{ member }} is trusted: only severe words will be acted on.",
        &["member"],
    ),
    phrase(
        "strikes.ok.untrust",
        "已取消对 {{ member }} 的信任。",
        "{{ member }} is no longer specially trusted.",
        &["member"],
    ),
    phrase(
        "strikes.only_own",
        "你可以用 /strikes 查看自己的记录。",
        "You can look at your own record with /strikes.",
        &[],
    ),
    phrase("strikes.none", "{{ member }} 没有违规记录。", "{{ member }} has a clean record.", &["member"]),
    phrase(
        "strikes.list",
        "{{ member }}：生效中 {{ active }} 次\n{% for case in cases %}#{{ case.id }} {{ case.date }} {{ case.why }} · \
         {% if case.undone %}已撤销{% elif case.over %}已过期{% else %}有效至 {{ case.until }}{% endif %}\n{% endfor %}",
        "{{ member }}: {{ active }} in force\n{% for case in cases %}#{{ case.id }} {{ case.date }} {{ case.why }} · \
         {% if case.undone %}undone{% elif case.over %}expired{% else %}counts until {{ case.until }}{% endif %}\n{% endfor %}",
        &["member", "active", "cases"],
    ),
    phrase("strikes.no_reason", "违反群规", "the rules of the group", &[]),
    // ── the rules by name
    phrase("strikes.rule.invite", "邀请进其他群或频道", "invitation to another group", &[]),
    phrase("strikes.rule.telegram_link", "Telegram 链接", "Telegram link", &[]),
    phrase("strikes.rule.link", "外部链接", "link", &[]),
    phrase("strikes.rule.newcomer_link", "新人发外部链接", "link from a newcomer", &[]),
    phrase("strikes.rule.blocked_domain", "被禁网站的链接", "link to a blocked site", &[]),
    phrase("strikes.rule.masked_link", "伪装的链接", "disguised link", &[]),
    phrase("strikes.rule.button", "按钮里的链接", "link under a button", &[]),
    phrase("strikes.rule.contact", "引导加联系方式", "contact details", &[]),
    phrase("strikes.rule.number", "留号码", "a number to call", &[]),
    phrase("strikes.rule.contact_card", "发名片", "contact card", &[]),
    phrase("strikes.rule.mention", "推荐外部账号", "mention of an outside account", &[]),
    phrase("strikes.rule.approach", "引导私聊", "asking to be written to", &[]),
    phrase("strikes.rule.offer", "推销或招揽", "an offer", &[]),
    phrase("strikes.rule.lure", "营销话术", "sales talk", &[]),
    phrase("strikes.rule.forward", "转发外部频道", "forwarded from another channel", &[]),
    phrase("strikes.rule.channel", "以频道身份发言", "written as a channel", &[]),
    phrase("strikes.rule.disguise", "变形文字躲避检查", "disguised writing", &[]),
    phrase("strikes.rule.suspect_word", "可疑用语", "suspicious words", &[]),
    phrase("strikes.rule.ad_word", "广告用语", "advertising words", &[]),
    phrase("strikes.rule.severe_word", "严重违规用语", "severe words", &[]),
    phrase("strikes.rule.warning", "提到广告", "talk about ads", &[]),
    phrase("strikes.rule.staff", "管理员", "staff", &[]),
];

/// A length of time as people say it; a day is said as 24 hours, as rules of groups do.
pub fn length(lang: Lang, span: Span) -> String {
    span.in_words(lang)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cx::Phrases;

    #[test]
    fn every_text_uses_only_values_it_is_given() {
        let phrases = Phrases::new(PHRASES);
        for phrase in PHRASES {
            for template in [phrase.zh, phrase.en] {
                assert_eq!(phrases.check(phrase.key, template), Ok(()), "{}", phrase.key);
            }
        }
    }

    #[test]
    fn lengths_are_said_as_people_do() {
        for (secs, zh, en) in [
            (35, "35 秒", "35 seconds"),
            (60, "1 分钟", "1 minute"),
            (86_400, "24 小时", "24 hours"),
            (93_600, "1 天 2 小时", "1 day 2 hours"),
            (604_800, "7 天", "7 days"),
        ] {
            assert_eq!(length(Lang::Zh, Span::secs(secs)), zh);
            assert_eq!(length(Lang::En, Span::secs(secs)), en);
        }
    }
}
