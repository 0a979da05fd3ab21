//! Everything said about strikes.

mod answers;
mod held;
mod lessons;

use crate::cx::Phrase;

const fn phrase(key: &'static str, zh: &'static str, en: &'static str, values: &'static [&'static str]) -> Phrase {
    Phrase { key, zh, en, values }
}

const WARNED: &[&str] = &["member", "rule", "number", "limit", "more", "length", "ends", "until", "ad", "removed"];
const CARD: &[&str] = &["id", "member", "user", "chat", "time", "found", "reasons", "text", "link", "done", "notes"];

/// All of them.
pub const PHRASES: &[&[Phrase]] = &[CASES, answers::ANSWERS, held::HELD, lessons::LESSONS];

/// About cases: to the group, to the person, to the staff.
const CASES: &[Phrase] = &[
    phrase("strikes.setting_shadow", "只观察广告，不处理", "Only watch for ads, do nothing about them", &[]),
    // ── in the group
    phrase(
        "strikes.warned",
        "{{ member }}，你的消息{% if ad %}含有广告内容{% else %}违反了群规{% endif %}{% if rule %}（{{ rule }}）{% endif %}\
         {% if removed %}，已删除{% endif %}。这是第 {{ number }} 次警告{% if ends %}，禁言到 {{ ends }}\
         {% elif length %}，禁言 {{ length }}{% endif %}。{% if more %}累计 {{ limit }} 次会被{{ more }}；{% endif %}这次有效至 {{ until }}。",
        "{{ member }}, your message {% if ad %}looked like advertising{% else %}broke the group rules{% endif %}\
         {% if rule %} ({{ rule }}){% endif %}{% if removed %} and was removed{% endif %}. This is strike {{ number }}\
         {% if more %} of {{ limit }}{% endif %}{% if ends %}: you are muted until {{ ends }}{% elif length %}: you are muted for {{ length }}{% endif %}\
         {% if more %}; at the {{ ['first', 'second', 'third', 'fourth', 'fifth'][limit - 1] if limit < 6 else limit ~ 'th' }} you will be \
         {{ more }}{% endif %}. This one stops counting on {{ until }}.",
        WARNED,
    ),
    phrase(
        "strikes.warned_by_staff",
        "{{ member }}，请留意群规{% if rule %}：{{ rule }}{% endif %}。这是第 {{ number }} 次警告{% if ends %}，\
         禁言到 {{ ends }}{% elif length %}，禁言 {{ length }}{% endif %}。{% if more %}累计 {{ limit }} 次会被{{ more }}；{% endif %}这次有效至 {{ until }}。",
        "{{ member }}, a word from the team: {{ rule or 'please mind the group rules' }}. This is strike {{ number }}\
         {% if more %} of {{ limit }}{% endif %}{% if ends %}: you are muted until {{ ends }}{% elif length %}: you are muted for {{ length }}{% endif %}\
         {% if more %}; at the {{ ['first', 'second', 'third', 'fourth', 'fifth'][limit - 1] if limit < 6 else limit ~ 'th' }} you will be \
         {{ more }}{% endif %}. This one stops counting on {{ until }}.",
        WARNED,
    ),
    phrase(
        "strikes.published",
        "公示：{{ name }} 已被{% if banned %}封禁{% else %}移出群聊{% endif %}，原因是{{ rule }}。谢谢大家一起维护群里的交流环境。",
        "Notice: {{ name }} was {% if banned %}banned{% else %}removed{% endif %} from the group ({{ rule }}). Thank you all \
         for keeping this a good place to talk.",
        &["name", "rule", "banned"],
    ),
    phrase(
        "strikes.cleared",
        "{{ member }}，管理员复核过了：之前是误判，处理和记录都已撤销。给你添麻烦了，欢迎继续聊。",
        "{{ member }}, the team has looked again: that was our mistake. It has been undone and does not count. Sorry for \
         the trouble, and please carry on.",
        &["member"],
    ),
    // ── to who reports, alone
    phrase("strikes.reported", "谢谢提醒，管理员会尽快查看。", "Thank you. The team will look at it soon.", &[]),
    phrase(
        "strikes.report_limit",
        "这一小时你已经举报了好几条，管理员会一条条看；有急事请直接联系管理员。",
        "You have sent several reports this hour, and the team will get to each. If it is urgent, please write to an administrator.",
        &[],
    ),
    phrase(
        "strikes.report_staff",
        "管理员的消息不能这样举报。有意见的话，请直接告诉群主或其他管理员。",
        "Messages from the team cannot be reported here. Please talk to the owner or another administrator.",
        &[],
    ),
    phrase(
        "strikes.report_bot",
        "机器人的消息不能这样举报，请直接告诉管理员。",
        "Messages of bots cannot be reported here. Please tell an administrator.",
        &[],
    ),
    phrase(
        "strikes.report_own",
        "这是你自己的消息，不想要的话可以直接删除。",
        "That is your own message. You can simply delete it.",
        &[],
    ),
    phrase(
        "strikes.report_name",
        "这个用户名分不清是谁的了。请回复 TA 的消息，再发送 /report。",
        "That name may be somebody else's by now. Please reply to a message of theirs with /report.",
        &[],
    ),
    // ── to the person, in private
    phrase(
        "strikes.private",
        "你在「{{ group }}」的消息{% if ad %}含有广告内容{% else %}违反了群规{% endif %}{% if rule %}（{{ rule }}）{% endif %}。\
         处理结果：{{ done }}。{% if appeal %}如果是误判，可以点下面的按钮申诉。{% endif %}",
        "Your message in \"{{ group }}\" {% if ad %}looked like advertising{% else %}broke the rules{% endif %}\
         {% if rule %} ({{ rule }}){% endif %}. Outcome: {{ done }}.\
         {% if appeal %} If we got it wrong, you can appeal below.{% endif %}",
        &["group", "rule", "done", "ad", "appeal"],
    ),
    phrase("strikes.rules_button", "查看群规", "Read the rules", &[]),
    phrase("strikes.appeal_button", "这是误判，申诉", "Appeal", &[]),
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
        "这次处理已经撤销，不用申诉了。",
        "This has been undone; there is nothing to appeal.",
        &[],
    ),
    phrase(
        "strikes.appeal_closed",
        "这里不再受理申诉，有疑问请直接联系管理员。",
        "Appeals are not taken here. If you have a question, please write to an administrator.",
        &[],
    ),
    phrase(
        "strikes.appeal_rejected_before",
        "管理员已经复核过了，维持原处理。",
        "The team has looked at it again, and it stands.",
        &[],
    ),
    phrase("strikes.appeal_not_yours", "只有当事人可以申诉。", "Only the member concerned can appeal.", &[]),
    phrase(
        "strikes.appeal_rejected",
        "{{ member }}，管理员复核了你的申诉，这次维持原处理；警告有效至 {{ until }}。",
        "{{ member }}, the team has looked at your appeal. The warning stays; it lapses on {{ until }}.",
        &["member", "until"],
    ),
    phrase("strikes.gone", "这个按钮已经失效。", "This button no longer works.", &[]),
    // ── to the staff
    phrase(
        "strikes.card",
        "<b>{{ found }}</b> #{{ id }}\n{{ member }}（<code>{{ user }}</code>）· {{ chat }} · {{ time }}\n\
         {% for reason in reasons %}· {{ reason.name }}{% if reason.evidence %}：<code>{{ reason.evidence }}</code>{% endif %}\n\
         {% endfor %}{% if text %}<blockquote>{{ text }}</blockquote>\n{% endif %}\
         {% if link %}<a href=\"{{ link }}\">查看这条消息</a>\n{% endif %}处理：{{ done }}\
         {% for note in notes %}\n{{ note }}{% endfor %}",
        "<b>{{ found }}</b> #{{ id }}\n{{ member }} (<code>{{ user }}</code>) · {{ chat }} · {{ time }}\n\
         {% for reason in reasons %}· {{ reason.name }}{% if reason.evidence %}: <code>{{ reason.evidence }}</code>{% endif %}\n\
         {% endfor %}{% if text %}<blockquote>{{ text }}</blockquote>\n{% endif %}\
         {% if link %}<a href=\"{{ link }}\">See the message</a>\n{% endif %}Outcome: {{ done }}\
         {% for note in notes %}\n{{ note }}{% endfor %}",
        CARD,
    ),
    phrase("strikes.channel_name", "频道「{{ name }}」", "The channel \"{{ name }}\"", &["name"]),
    phrase("strikes.card.reason", "理由：{{ words }}", "Reason: {{ words }}", &["words"]),
    phrase("strikes.card.reported", "举报理由：{{ words }}", "Reported for: {{ words }}", &["words"]),
    phrase("strikes.found.ad", "广告", "Advertising", &[]),
    phrase("strikes.found.severe", "严重违规", "Severe violation", &[]),
    phrase("strikes.found.suspect", "疑似广告，请看一眼", "Maybe advertising, please look", &[]),
    phrase("strikes.found.report", "成员举报", "Reported by members", &[]),
    phrase("strikes.found.offence", "违反群规", "Against the group's rules", &[]),
    phrase("strikes.found.doubt", "可能违反群规，请看一眼", "Maybe against the group's rules, please look", &[]),
    phrase("strikes.found.warn", "管理员警告", "Warned by the team", &[]),
    phrase("strikes.found.order", "管理员操作", "Done by the team", &[]),
    phrase("strikes.found.listed", "在公共封禁名单上", "On a public ban list", &[]),
    phrase(
        "strikes.done",
        "{% if penalty == 'warn' %}已警告{% elif penalty == 'mute' %}{{ '没能' if failed else '已' }}禁言{{ '到 ' ~ ends if ends and not failed else ' ' ~ length }}\
         {% elif penalty == 'remove' %}{{ '没能' if failed else '已' }}移出群聊\
         {% elif penalty == 'ban' %}{{ '没能' if failed else '已' }}封禁\
         {% elif shadow %}观察模式，未处理{% elif open %}等你们决定{% else %}未处理{% endif %}\
         {% if number %}（第 {{ number }} 次{% if penalty != 'warn' %}警告{% endif %}{% if penalty != 'ban' %}，有效至 {{ until }}{% endif %}）{% endif %}",
        "{% if failed and penalty != 'warn' %}could not be {% endif %}{% if penalty == 'warn' %}warned{% elif penalty == 'mute' %}\
         muted {{ 'until ' ~ ends if ends and not failed else 'for ' ~ length }}{% elif penalty == 'remove' %}removed{% elif penalty == 'ban' %}banned{% elif shadow %}\
         nothing (shadow mode){% elif open %}nothing; please decide{% else %}nothing{% endif %}\
         {% if number %} (strike {{ number }}{% if penalty != 'ban' %}, counts until {{ until }}{% endif %}){% endif %}",
        &["penalty", "length", "ends", "shadow", "open", "number", "until", "failed"],
    ),
    phrase("strikes.more.mute", "禁言", "muted", &[]),
    phrase("strikes.more.remove", "移出群聊", "removed", &[]),
    phrase("strikes.more.ban", "封禁", "banned", &[]),
    phrase(
        "strikes.note.opinion",
        "🤖 AI 参考意见：{{ leaning }}{% if because %}，理由：<code>{{ because }}</code>{% endif %}",
        "🤖 An AI's second opinion: {{ leaning }}{% if because %}, because: <code>{{ because }}</code>{% endif %}",
        &["leaning", "because"],
    ),
    phrase("strikes.opinion.ad", "多半是广告", "probably an ad", &[]),
    phrase("strikes.opinion.innocent", "多半不是广告", "probably no ad", &[]),
    phrase("strikes.opinion.unsure", "说不准", "hard to tell", &[]),
    phrase("strikes.note.reports", "📣 {{ n }} 人举报", "📣 Reported by {{ n }}", &["n"]),
    phrase("strikes.note.given_by", "操作人：{{ by }}", "By {{ by }}", &["by"]),
    phrase("strikes.note.allowed", "🔗 以后放行：{{ entries }}", "🔗 Allowed from now on: {{ entries }}", &["entries"]),
    phrase("strikes.note.right", "👌 {{ by }}：判得对", "👌 {{ by }}: rightly so", &["by"]),
    phrase("strikes.note.cleared", "✅ {{ by }}：不是广告，已撤销", "✅ {{ by }}: not an ad, undone", &["by"]),
    phrase(
        "strikes.note.acquitted",
        "✅ {{ by }}：没有违规，已撤销",
        "✅ {{ by }}: not against the rules, undone",
        &["by"],
    ),
    phrase("strikes.note.admitted", "✅ {{ by }}：放行", "✅ {{ by }}: let in", &["by"]),
    phrase("strikes.note.fine", "✅ {{ by }}：没问题", "✅ {{ by }}: fine as it is", &["by"]),
    phrase("strikes.note.struck", "⚠️ {{ by }}：是广告，已处理", "⚠️ {{ by }}: an ad, dealt with", &["by"]),
    phrase(
        "strikes.note.upheld",
        "⚠️ {{ by }}：确实违规，已处理",
        "⚠️ {{ by }}: against the rules, dealt with",
        &["by"],
    ),
    phrase("strikes.note.banned", "⛔ {{ by }}：封禁", "⛔ {{ by }}: banned", &["by"]),
    phrase("strikes.note.muted", "🔇 {{ by }}：禁言", "🔇 {{ by }}: muted", &["by"]),
    phrase("strikes.note.removed", "🚪 {{ by }}：移出群聊", "🚪 {{ by }}: removed from the group", &["by"]),
    phrase("strikes.note.trusted", "🤝 {{ by }}：以后信任此人", "🤝 {{ by }}: trusted from now on", &["by"]),
    phrase(
        "strikes.note.immune",
        "对方是管理员，这次处理已自动撤销",
        "That person is an administrator, so this was undone",
        &[],
    ),
    phrase("strikes.note.undone", "↩️ {{ by }} 撤销了这次处理", "↩️ Undone by {{ by }}", &["by"]),
    phrase("strikes.note.appeal.open", "🙋 成员已申诉", "🙋 The member has appealed", &[]),
    phrase("strikes.note.appeal.accepted", "🙋 申诉成立", "🙋 Appeal upheld", &[]),
    phrase("strikes.note.appeal.rejected", "🙋 申诉已驳回", "🙋 Appeal rejected", &[]),
    phrase("strikes.key.allow", "放行链接", "Allow link", &[]),
    phrase("strikes.key.right", "判得对", "Right", &[]),
    phrase("strikes.key.clear", "不是广告", "Not an ad", &[]),
    phrase("strikes.key.acquit", "没有违规", "Within the rules", &[]),
    phrase("strikes.key.fine", "没问题", "It's fine", &[]),
    phrase("strikes.key.strike", "是广告", "It's an ad", &[]),
    phrase("strikes.key.uphold", "确实违规", "Breaks the rules", &[]),
    phrase("strikes.key.shut", "删除并禁止发言", "Delete and shut out", &[]),
    phrase("strikes.key.ban", "封禁", "Ban", &[]),
    phrase("strikes.key.admit", "放行", "Let in", &[]),
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
    phrase(
        "strikes.digest",
        "短时间内又有 {{ n }} 条：{% for group in groups %}{{ group.what }} {{ group.n }}（{{ group.numbers }}）\
         {% if not loop.last %}、{% endif %}{% endfor %}。发 /strikes #编号 查看。",
        "{{ n }} more within a short time: {% for group in groups %}{{ group.n }} {{ group.what }} ({{ group.numbers }})\
         {% if not loop.last %}, {% endif %}{% endfor %}. Send /strikes #number to see one.",
        &["n", "groups"],
    ),
    phrase("strikes.digest.acted", "已处理", "dealt with", &[]),
    phrase("strikes.digest.open", "待看", "to look at", &[]),
    phrase(
        "strikes.trouble.delete",
        "消息没能删除（{{ chat }}）：我没有权限。请手动删除，并打开我的「删除消息」权限。",
        "A message was not deleted ({{ chat }}): I lack the right. Please delete it by hand, and grant me \"Delete messages\".",
        &["chat"],
    ),
    phrase(
        "strikes.trouble.old",
        "消息超过 48 小时，Telegram 不让机器人删除（{{ chat }}）。请手动删除。",
        "A message is older than 48 hours, and Telegram lets no bot delete it ({{ chat }}). Please delete it by hand.",
        &["chat"],
    ),
    phrase(
        "strikes.trouble.restrict",
        "没能禁言或移出（{{ chat }}）：我没有权限。请手动处理，并打开我的「封禁用户」权限。",
        "I could not mute or remove them ({{ chat }}): please let me ban users, or do it by hand.",
        &["chat"],
    ),
    phrase(
        "strikes.trouble.lift",
        "没能解除禁言或封禁（{{ chat }}）：我没有权限。请手动解除，并打开我的「封禁用户」权限。",
        "A mute or ban was not lifted ({{ chat }}): I lack the right. Please do it by hand, and grant me \"Ban users\".",
        &["chat"],
    ),
    phrase(
        "strikes.trouble.supergroup",
        "没能禁言（{{ chat }}）：普通群不支持禁言，请先升级为超级群。",
        "Nobody was muted ({{ chat }}): that does not work in a basic group. Please turn it into a supergroup first.",
        &["chat"],
    ),
    phrase(
        "strikes.trouble.channel",
        "没能禁止这个频道发言（{{ chat }}）：Telegram 没有接受。请手动处理。",
        "The channel can still write here ({{ chat }}): Telegram did not let me shut it out. Please do it by hand.",
        &["chat"],
    ),
    phrase(
        "strikes.trouble.other",
        "Telegram 没有接受其中一项处理（{{ chat }}），请去群里确认一下。",
        "Telegram did not accept part of this ({{ chat }}). Please check in the group.",
        &["chat"],
    ),
    phrase("strikes.no_reason", "违反群规", "against the group rules", &[]),
    // ── figures
    phrase("strikes.figures", "违规", "Strikes", &[]),
    phrase("strikes.figure_violations", "违规（每千条消息的警告数）", "Strikes per 1,000 messages", &[]),
    phrase(
        "strikes.figure_violations_value",
        "{% if rate %}{{ rate }}（{{ n }} 次 / {{ messages }} 条）{% elif n %}{{ n }} 次 / 0 条消息{% else %}–{% endif %}\
         {% for rule in rules %}{% if loop.first %}\n　{% else %}，{% endif %}{{ rule.name }} {{ rule.n }}\
         {% if rule.rate %}（{{ rule.rate }}）{% endif %}{% endfor %}",
        "{% if rate %}{{ rate }} ({{ n }} in {{ messages }}){% elif n %}{{ n }} in 0{% else %}–{% endif %}\
         {% for rule in rules %}{% if loop.first %}\n  {% else %}, {% endif %}{{ rule.name }} {{ rule.n }}\
         {% if rule.rate %} ({{ rule.rate }}){% endif %}{% endfor %}",
        &["n", "messages", "rate", "rules"],
    ),
    phrase("strikes.figure_by_staff", "管理员认定", "found by staff", &[]),
    phrase(
        "strikes.figure_false_positives",
        "误判率（被撤销 ÷ 机器人给出的警告）",
        "False positives (undone ÷ strikes I gave)",
        &[],
    ),
    phrase("strikes.figure_action", "从违规到处理（中位数）", "From offence to strike (median)", &[]),
    phrase("strikes.figure_reports", "举报（成立 ÷ 被举报的消息）", "Reports (upheld ÷ messages reported)", &[]),
    phrase(
        "strikes.figure_reports_value",
        "{{ share }}{% if handled %}，处理用时 {{ handled }}（中位数）{% endif %}{% if open %}，待处理 {{ open }}{% endif %}",
        "{{ share }}{% if handled %}, handled in {{ handled }} (median){% endif %}{% if open %}, {{ open }} open{% endif %}",
        &["share", "handled", "open"],
    ),
    phrase("strikes.figure_appeals", "申诉（撤销 ÷ 已处理的申诉）", "Appeals (undone ÷ settled)", &[]),
    phrase(
        "strikes.figure_appeals_value",
        "{{ share }}{% if open %}，待处理 {{ open }}{% endif %}",
        "{{ share }}{% if open %}, {{ open }} open{% endif %}",
        &["share", "open"],
    ),
    phrase(
        "strikes.figure_review",
        "请管理员看的内容（已决定 ÷ 全部）",
        "Shown to the staff for review (decided ÷ all)",
        &[],
    ),
    phrase(
        "strikes.figure_review_value",
        "{{ share }}{% if handled %}，用时 {{ handled }}（中位数）{% endif %}{% if open %}，待看 {{ open }}{% endif %}",
        "{{ share }}{% if handled %}, in {{ handled }} (median){% endif %}{% if open %}, {{ open }} waiting{% endif %}",
        &["share", "handled", "open"],
    ),
    phrase("strikes.figure_queue", "等管理员决定的卡片", "Cards waiting for a decision", &[]),
    phrase("strikes.figure_queue_value", "近 30 天：{{ n }}", "Of the last 30 days: {{ n }}", &["n"]),
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
    phrase("strikes.rule.talk", "像在提问、说明或开玩笑", "sounds like a question, an explanation or a joke", &[]),
    phrase("strikes.rule.wording", "措辞像广告", "worded like an ad", &[]),
    phrase("strikes.rule.ordinary", "措辞像平常聊天", "worded like ordinary talk", &[]),
    phrase("strikes.rule.taught", "像管理员标记过的广告", "like what your staff called ads", &[]),
    phrase("strikes.rule.burst", "和很多人一起涌入", "came with many others at once", &[]),
    phrase("strikes.rule.alike", "同样的内容多处出现", "the same text again and again", &[]),
    phrase("strikes.rule.like_removed", "和刚删除的广告几乎相同", "much like an ad just removed", &[]),
    phrase("strikes.rule.staff", "管理员", "staff", &[]),
    phrase(
        "strikes.alike",
        "{% if groups > 1 and accounts < 3 %}{{ over }}内在 {{ groups }} 个群{% else %}{{ over }}内有 {{ accounts }} 个账号{% endif %}发了几乎相同的内容",
        "the same text {% if groups > 1 and accounts < 3 %}in {{ groups }} groups{% else %}from {{ accounts }} accounts{% endif %} \
         in {{ over }}",
        &["accounts", "groups", "over"],
    ),
    phrase(
        "strikes.like_removed",
        "和 {{ ago }}前删除的广告几乎相同",
        "much like an ad removed {{ ago }} ago",
        &["ago"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cx::Phrases;

    #[test]
    fn every_text_uses_only_values_it_is_given() {
        let phrases = Phrases::new(PHRASES.iter().copied().flatten());
        for phrase in PHRASES.iter().copied().flatten() {
            for template in [phrase.zh, phrase.en] {
                assert_eq!(phrases.check(phrase.key, template), [], "{}", phrase.key);
            }
        }
    }
}
