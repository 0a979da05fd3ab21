//! What is said about messages that are held until the staff judge them.

use super::phrase;
use crate::cx::Phrase;

pub const HELD: &[Phrase] = &[
    phrase(
        "strikes.held",
        "你刚发的消息要等管理员看一眼，没问题就会放回群里，不用重发。",
        "Your last message is waiting for the team to look at it. If it is fine it will be put back; no need to send it again.",
        &[],
    ),
    phrase(
        "strikes.put_back",
        "{{ member }} 发过：\n{{ words }}{% if media %}\n（原消息带的图片或文件没法恢复）{% endif %}",
        "{{ member }} wrote:\n{{ words }}{% if media %}\n(The photo or file that came with it cannot be restored.){% endif %}",
        &["member", "words", "media"],
    ),
    phrase(
        "strikes.put_back_cleared",
        "{{ member }}，管理员看过了：你的消息没有问题，是我们多心了，已经放回群里。给你添麻烦了，欢迎继续聊。",
        "{{ member }}, the team has looked at your message: it is fine, and back in the group. Sorry for the trouble, and \
         please carry on.",
        &["member", "until"],
    ),
    phrase(
        "strikes.put_back_late",
        "{{ member }}，你的消息之前被暂时收起，等管理员看得久了些，现在已经放回群里。抱歉让你久等。",
        "{{ member }}, your message was held for the team to look at, and that took too long. It is back in the group now. \
         Sorry for the wait.",
        &["member", "until"],
    ),
    phrase(
        "strikes.put_back_media",
        "{{ member }}，你之前发的图片或文件被暂时收起，没有问题，但我没法替你再发一次。抱歉，请重新发一下。",
        "{{ member }}, a photo or file of yours was held back. It is fine, but I cannot post it again for you. Sorry; please \
         send it once more.",
        &["member", "until"],
    ),
    phrase(
        "strikes.note.held",
        "🙈 已先从群里收起；{{ time }} 前没人决定就放回去",
        "🙈 Hidden for now; put back at {{ time }} unless somebody decides",
        &["time"],
    ),
    phrase("strikes.note.put_back", "↩️ {{ time }} 已放回群里", "↩️ Put back at {{ time }}", &["time"]),
    phrase(
        "strikes.note.held_gone",
        "🙈 没有放回：对方已不在群里，或后来受了警告",
        "🙈 Not put back: they are no longer there, or were struck since",
        &["time"],
    ),
    phrase(
        "strikes.trouble.back",
        "收起的消息没能放回去，或者不确定放没放成（{{ chat }}）。请看一下，必要时替 TA 发出来。",
        "A hidden message was not put back, or may not have been ({{ chat }}). Please look, and post it for them if need be.",
        &["chat"],
    ),
];
