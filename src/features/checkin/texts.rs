//! Everything said about check-ins.

use crate::cx::{Phrase, label};

pub const PHRASES: &[Phrase] = &[
    // ── in /settings
    label("checkin.setting_answer", "打卡后怎么回应", "How a check-in is answered"),
    label("checkin.setting_answer_reply", "回一句话", "with a line"),
    label("checkin.setting_answer_react", "点个表情", "with an emoji"),
    label("checkin.setting_answer_quiet", "不回应", "not at all"),
    label("checkin.setting_answer_for", "打卡回复保留多久", "How long an answer stays"),
    label(
        "checkin.setting_answer_for_form",
        "时长，5 秒到 47 小时，例如 60s、5m",
        "a length of time from 5 seconds to 47 hours, such as 60s or 5m",
    ),
    label("checkin.setting_remind_at", "几点提醒还没打卡的人", "When to remind who has not checked in"),
    label("checkin.setting_remind_at_form", "几点几分，例如 21:00", "a time of day, such as 21:00"),
    label("checkin.setting_remind_from", "连续打卡几天以上才提醒", "Remind from a streak of so many days"),
    label("checkin.setting_remind_from_form", "大于 0 的整数，例如 3", "a whole number above 0, such as 3"),
    label("checkin.setting_remind_in", "在哪里提醒", "Where to remind"),
    label("checkin.setting_remind_in_group", "群里", "in the group"),
    label(
        "checkin.setting_remind_in_private",
        "私聊（只提醒和机器人聊过的人）",
        "in private (only those who have written to the bot)",
    ),
    label("checkin.setting_summary_at", "几点发当天的打卡汇总", "When to sum up the day"),
    label("checkin.setting_summary_at_form", "几点几分，例如 22:00", "a time of day, such as 22:00"),
    label("checkin.setting_leaderboard", "打卡排行榜", "Leaderboard"),
    // ── checking in
    Phrase {
        key: "checkin.done",
        zh: "✅ 第 {{ streak }} 天{% if best > streak %} · 最长 {{ best }} 天{% endif %}\
             {% if next %} · 再 {{ next.days }} 天得《{{ next.title }}》{% endif %}\
             {% if gift %}\n🎁 《{{ gift }}》已经私信发给你{% endif %}",
        en: "✅ Day {{ streak }}{% if best > streak %} · best {{ best }}{% endif %}\
             {% if next %} · {{ next.days }} more day{{ 's' if next.days != 1 }} to \"{{ next.title }}\"{% endif %}\
             {% if gift %}\n🎁 \"{{ gift }}\" is in your private chat{% endif %}",
        values: &["streak", "best", "next.days", "next.title", "gift"],
    },
    Phrase {
        key: "checkin.already",
        zh: "{{ date or '今天' }}已经打过卡啦 · 第 {{ streak }} 天{% if best > streak %} · 最长 {{ best }} 天{% endif %}",
        en: "You have already checked in {% if date %}for {{ date }}{% else %}today{% endif %} · day {{ streak }}{% if best > streak %} · best {{ best }}{% endif %}",
        values: &["date", "streak", "best"],
    },
    Phrase {
        key: "checkin.join-first",
        zh: "先进群再打卡哦。",
        en: "Join the group first, then check in.",
        values: &[],
    },
    Phrase {
        key: "checkin.unseen",
        zh: "先进群再打卡哦。已经在群里的话，过几秒再点一次。",
        en: "Join the group first, then check in. If you are in it already, press again in a few seconds.",
        values: &[],
    },
    Phrase {
        key: "checkin.only-people",
        zh: "匿名身份和频道身份打不了卡，换成自己的身份再发一次吧。",
        en: "Only people can check in: please write as yourself.",
        values: &[],
    },
    Phrase {
        key: "checkin.elsewhere",
        zh: "运营群里不打卡，到成员群里发就行。",
        en: "This is the staff chat. Please check in where the members are.",
        values: &[],
    },
    // ── the daily post
    label("checkin.post-title", "每日打卡消息", "Daily check-in post"),
    label("checkin.nudge-title", "打卡提醒", "Check-in reminder"),
    label("checkin.summary-title", "打卡汇总", "Check-in summary"),
    Phrase {
        key: "checkin.post",
        zh: "☀️ 新的一天，来打个卡吧！\n做完今天最想做的一件小事，点下面的按钮。",
        en: "☀️ A new day: time to check in!\nDone the one small thing that matters today? Press the button.",
        values: &[],
    },
    Phrase {
        key: "checkin.button",
        zh: "✅ 打卡{% if count %} · {{ count }} 人{% endif %}",
        en: "✅ Check in{% if count %} · {{ count }}{% endif %}",
        values: &["count"],
    },
    // ── reminder and summary
    Phrase {
        key: "checkin.nudge",
        zh: "🌙 今天还差一次打卡，连续天数就续上了：\n\
             {% for row in rows %}{{ row.name }}（{{ row.streak }} 天）{% if not loop.last %}、{% endif %}{% endfor %}\
             {% if more %} 等 {{ total }} 位{% endif %}",
        en: "🌙 One check-in today keeps the streak going:\n\
             {% for row in rows %}{{ row.name }} ({{ row.streak }} day{{ 's' if row.streak != 1 }}){% if not loop.last %}, {% endif %}{% endfor %}\
             {% if more %} and {{ more }} more{% endif %}",
        values: &["rows", "more", "total"],
    },
    Phrase {
        key: "checkin.nudge-private",
        zh: "🌙 你已经连续打卡 {{ streak }} 天，今天还差一次。点一下就好：",
        en: "🌙 You are on a streak of {{ streak }} day{{ 's' if streak != 1 }}, and one press keeps it going today:",
        values: &["streak"],
    },
    Phrase {
        key: "checkin.summary",
        zh: "📋 {{ date or '今天' }} {{ count }} 人打卡\
             {% if top %}\n连续最久：{% for row in top %}{{ row.name }} {{ row.streak }} 天{% if not loop.last %}、{% endif %}{% endfor %}{% endif %}\
             {% for gift in gifts %}\n🎁 得到《{{ gift.title }}》：{{ gift.names | join('、') }}\
             {% if gift.more %} 等 {{ gift.total }} 位{% endif %}{% endfor %}",
        en: "📋 {{ count }} {{ 'member' if count == 1 else 'members' }} checked in {% if date %}on {{ date }}{% else %}today{% endif %}\
             {% if top %}\nLongest streaks: {% for row in top %}{{ row.name }} {{ row.streak }}{% if not loop.last %}, {% endif %}{% endfor %}{% endif %}\
             {% for gift in gifts %}\n🎁 Earned \"{{ gift.title }}\": {{ gift.names | join(', ') }}\
             {% if gift.more %} and {{ gift.more }} more{% endif %}{% endfor %}",
        values: &["count", "date", "top", "gifts"],
    },
    // ── one's own streak
    Phrase {
        key: "checkin.streak",
        zh: "🔥 {% if streak %}连续 {{ streak }} 天{% else %}今天打卡，连续天数重新开始{% endif %} · 最长 {{ best }} 天 · 累计 {{ total }} 天\
             {% if streak and not today %}\n今天还没打卡{% endif %}\
             {% if next %}\n再 {{ next.days }} 天得《{{ next.title }}》{% endif %}\
             {% if cards is not none %}\n本月还有 {{ cards }} 张补签卡{% endif %}\
             {% if gifts %}\n有 {{ gifts }} 份奖励等你领取{% endif %}",
        en: "🔥 {% if streak %}{{ streak }} day{{ 's' if streak != 1 }} in a row{% else %}Your streak starts again today{% endif %} \
             · best {{ best }} · {{ total }} in all\
             {% if streak and not today %}\nNot checked in yet today{% endif %}\
             {% if next %}\n{{ next.days }} more day{{ 's' if next.days != 1 }} to \"{{ next.title }}\"{% endif %}\
             {% if cards is not none %}\n{{ cards }} make-up card{{ 's' if cards != 1 }} left this month{% endif %}\
             {% if gifts %}\n{{ gifts }} gift{{ 's' if gifts != 1 }} waiting for you{% endif %}",
        values: &["streak", "best", "total", "today", "next.days", "next.title", "cards", "gifts"],
    },
    Phrase {
        key: "checkin.streak-none",
        zh: "你还没有打过卡，今天就可以开始：发{% if word %}「{{ word }}」或{% endif %} /checkin 就行。",
        en: "You have not checked in yet. Today is a good day to start: write {% if word %}\"{{ word }}\" or {% endif %}/checkin.",
        values: &["word"],
    },
    Phrase {
        key: "checkin.own",
        zh: "连续 {{ streak }} 天",
        en: "{{ streak }} day{{ 's' if streak != 1 }} in a row",
        values: &["streak"],
    },
    // ── the leaderboard
    Phrase {
        key: "checkin.top-streaks",
        zh: "🏆 连续打卡排行\n{% for row in rows %}\n{{ row.place }}. {{ row.name }} · {{ row.n }} 天{% endfor %}",
        en: "🏆 Longest current streaks\n{% for row in rows %}\n{{ row.place }}. {{ row.name }} · {{ row.n }} \
             day{{ 's' if row.n != 1 }}{% endfor %}",
        values: &["rows"],
    },
    Phrase {
        key: "checkin.top-days",
        zh: "🏆 {% if days %}近 {{ days }} 天{% else %}累计{% endif %}打卡排行\n\
             {% for row in rows %}\n{{ row.place }}. {{ row.name }} · {{ row.n }} 天{% endfor %}",
        en: "🏆 Most check-ins {% if days %}in the last {{ days }} days{% else %}of all time{% endif %}\n\
             {% for row in rows %}\n{{ row.place }}. {{ row.name }} · {{ row.n }} day{{ 's' if row.n != 1 }}{% endfor %}",
        values: &["days", "rows"],
    },
    Phrase {
        key: "checkin.top-empty",
        zh: "榜上还没有人，来当第一个吧！",
        en: "Nobody is on the list yet. Will you be the first?",
        values: &[],
    },
    Phrase {
        key: "checkin.top-off", zh: "这个群没有开排行榜。", en: "There is no leaderboard here.", values: &[]
    },
    Phrase {
        key: "checkin.top-usage",
        zh: "这样用：/top 看连续天数，/top 7、/top 30 或 /top all 看打卡次数。",
        en: "Use /top for current streaks; /top 7, /top 30 or /top all for the number of check-ins.",
        values: &[],
    },
    // ── make-up cards
    Phrase {
        key: "checkin.makeup-done",
        zh: "✅ 已补上 {{ date }} · 现在连续 {{ streak }} 天 · 本月还有 {{ cards }} 张补签卡\
             {% if gift %}\n🎁 《{{ gift }}》已经私信发给你{% endif %}",
        en: "✅ {{ date }} is made up · {{ streak }} day{{ 's' if streak != 1 }} in a row now · \
             {{ cards }} card{{ 's' if cards != 1 }} left this month\
             {% if gift %}\n🎁 \"{{ gift }}\" is in your private chat{% endif %}",
        values: &["date", "streak", "cards", "gift"],
    },
    Phrase {
        key: "checkin.makeup-usage",
        zh: "这样用：/makeup 补最近漏掉的一天，或写明日期，如 /makeup {{ example }}、/makeup 昨天。",
        en: "Use /makeup for the latest day you missed, or name the day: /makeup {{ example }}, /makeup yesterday.",
        values: &["example"],
    },
    Phrase {
        key: "checkin.makeup-none",
        zh: "最近 {{ within }} 天没有漏掉的，不用补签。",
        en: "You missed {{ 'none of the last ' ~ within ~ ' days' if within != 1 else 'no day' }}: nothing to make up.",
        values: &["within"],
    },
    Phrase {
        key: "checkin.makeup-range",
        zh: "只能补最近 {{ within }} 天里已经过去的日子。",
        en: "Only the past {{ within }} day{{ 's' if within != 1 }} can be made up.",
        values: &["within"],
    },
    Phrase {
        key: "checkin.makeup-has",
        zh: "{{ date }} 已经打过卡，不用补。",
        en: "You did check in on {{ date }}; there is nothing to make up.",
        values: &["date"],
    },
    Phrase {
        key: "checkin.makeup-excused",
        zh: "{{ date }} 那天我不在，你的连续天数不会断，不用补。",
        en: "I was the one away on {{ date }}. That breaks no streak, so there is nothing to make up.",
        values: &["date"],
    },
    Phrase {
        key: "checkin.makeup-before",
        zh: "{{ date }} 你还没有加入，补不了。",
        en: "You had not joined yet on {{ date }}, so it cannot be made up.",
        values: &["date"],
    },
    Phrase {
        key: "checkin.makeup-too-early",
        zh: "{{ date }} 我还没来到群里，那天谁也打不了卡，没法补。",
        en: "I was not in the group yet on {{ date }}. Nobody could check in that day, so it cannot be made up.",
        values: &["date"],
    },
    Phrase {
        key: "checkin.makeup-not-on",
        zh: "{{ date }} 群里还没有开始打卡，没法补。",
        en: "Check-ins were not on yet on {{ date }}, so it cannot be made up.",
        values: &["date"],
    },
    Phrase {
        key: "checkin.makeup-spent",
        zh: "本月的 {{ cards }} 张补签卡已经用完，下个月再来。",
        en: "This month's make-up card{{ 's are' if cards != 1 else ' is' }} used up. Next month brings new ones.",
        values: &["cards"],
    },
    Phrase {
        key: "checkin.makeup-off",
        zh: "这里没有补签卡，从今天重新开始也很好。",
        en: "There are no make-up cards here. Starting again today is fine too.",
        values: &[],
    },
    // ── figures
    Phrase { key: "checkin.figures", zh: "打卡", en: "Check-ins", values: &[] },
    Phrase {
        key: "checkin.figure_rate",
        zh: "打卡率（打卡人次 ÷ 参与打卡的成员 × 天）",
        en: "Check-in rate (check-ins ÷ days of those who check in)",
        values: &[],
    },
    Phrase { key: "checkin.figure_streaks", zh: "连续打卡", en: "Streaks that stand", values: &[] },
    Phrase {
        key: "checkin.figure_streaks_value",
        zh: "现在：{{ n }} 人{% if n %}，其中满 {{ days }} 天的 {{ long }} 人，最长 {{ longest }} 天{% endif %}",
        en: "Now: {{ n }}{% if n %}, {{ long }} of {{ days }} days or more, the longest {{ longest }} days{% endif %}",
        values: &["n", "days", "long", "longest"],
    },
    Phrase { key: "checkin.figure_gifts", zh: "得到的奖励", en: "Rewards earned", values: &[] },
    // ── gifts
    Phrase {
        key: "checkin.gift",
        zh: "🎁 连续打卡 {{ streak }} 天，这是给你的《{{ title }}》。{% if text %}\n\n{{ text }}{% endif %}\
             {% if code %}\n\n你的兑换码：<code>{{ code }}</code>{% endif %}",
        en: "🎁 {{ streak }} day{{ 's' if streak != 1 }} in a row: here is your \"{{ title }}\".{% if text %}\n\n{{ text }}{% endif %}\
             {% if code %}\n\nYour code: <code>{{ code }}</code>{% endif %}",
        values: &["streak", "title", "text", "code"],
    },
    Phrase {
        key: "checkin.claim",
        zh: "🎁 {{ member }}{% if streak %} 连续打卡 {{ streak }} 天，{% else %}，{% endif %}《{{ title }}》是你的了！\
             点下面的按钮，我在私聊里发给你。",
        en: "🎁 {{ member }}{% if streak %}, day {{ streak }}!{% else %},{% endif %} \"{{ title }}\" is yours. \
             Press the button and I'll send it to you in private.",
        values: &["member", "streak", "title"],
    },
    Phrase { key: "checkin.claim-button", zh: "🎁 去私聊领取", en: "🎁 Get it in private", values: &[] },
    Phrase {
        key: "checkin.claimed",
        zh: "这份奖励已经发给你了，往上翻翻看。",
        en: "You have this gift already: it is further up in this chat.",
        values: &[],
    },
    Phrase {
        key: "checkin.gift-gone", zh: "这份礼物已经失效。", en: "This gift is no longer valid.", values: &[]
    },
    Phrase {
        key: "checkin.not-yours",
        zh: "这份奖励是给别人的。连续打卡，你也会有。",
        en: "This gift is somebody else's. Keep checking in and there will be one for you.",
        values: &[],
    },
    Phrase {
        key: "checkin.owed",
        zh: "🎁 {{ member }} 连续打卡 {{ streak }} 天！《{{ title }}》刚好发完，补上后我马上发给你。",
        en: "🎁 {{ member }}, {{ streak }} day{{ 's' if streak != 1 }} in a row! \"{{ title }}\" has just run out; you will get yours as soon as \
             there is more.",
        values: &["member", "streak", "title"],
    },
    Phrase {
        key: "checkin.staff-empty",
        zh: "⚠️ 《{{ title }}》的兑换码发完了，已有成员在等。把新的兑换码加进 {{ file }}，加好保存，我会自动补发。",
        en: "⚠️ \"{{ title }}\" has no codes left and a member is waiting. Add new ones to {{ file }}; save them \
             and I send what is owed.",
        values: &["title", "file"],
    },
    Phrase {
        key: "checkin.staff-failed",
        zh: "⚠️ 《{{ title }}》没能发给 {{ member }}：{{ reason }}。修好后，对方可以用 /streak 再领。",
        en: "⚠️ \"{{ title }}\" could not be sent to {{ member }}: {{ reason }}. Once that is fixed they can get it with \
             /streak.",
        values: &["title", "member", "reason"],
    },
];
