//! Where an event belongs: the settings it goes by, its community and the language to answer in.

use anyhow::Result;

use super::Engine;
use crate::features::Shared;
use crate::model::{Chat, ChatId, CommunityId, Event, Kind, Lang, Timestamp, Told, UserId};
use crate::store::Tx;
use crate::store::chats::ChatRow;

pub(super) struct Place {
    pub(super) settings: Shared,
    pub(super) community: CommunityId,
    pub(super) allowed: bool,
    pub(super) lang: Lang,
    /// What features are to hear of the chat itself, in the transaction that changes its row.
    pub(super) told: Option<Told>,
}

impl Engine {
    /// Settings, community and language of an event; the chat's row is made or brought up to date on the way.
    pub(super) async fn place(&mut self, tx: &mut Tx, event: &Event, now: Timestamp) -> Result<Place> {
        let bare = || Place {
            settings: self.book.bare().clone(),
            community: CommunityId(0),
            allowed: true,
            lang: Lang::default(),
            told: None,
        };
        let Some(chat) = event.chat else { return Ok(bare()) };
        if chat.is_private() {
            return self.private_place(tx, event, chat).await;
        }
        let found = self.book.of(chat);
        let (settings, allowed) = (found.settings.clone(), found.allowed);
        let mut told = None;
        let community = match chat_of(event) {
            Some(seen) if tx.chat(chat).is_none_or(|row| is_news(row, seen)) => {
                let community = tx.community(&self.book.slug(chat)).await?;
                let known = tx.chat(chat).cloned();
                let is_new = known.is_none();
                if known.as_ref().is_some_and(ChatRow::is_public) && seen.username.is_none() {
                    told = Some(Told::WentPrivate);
                }
                let mut row = known.unwrap_or_else(|| ChatRow::new(seen, community, now));
                row.title.clone_from(&seen.title);
                row.username.clone_from(&seen.username);
                row.kind = seen.kind;
                row.is_forum = seen.is_forum;
                tx.put_chat(row).await?;
                if is_new {
                    // Features plan what they do there as they did at the start for the chats known then.
                    self.own(now, Some(chat), Kind::Settings);
                }
                community
            }
            _ => match tx.chat(chat) {
                Some(row) => row.community,
                None => tx.community(&self.book.slug(chat)).await?,
            },
        };
        let lang = settings.common.language;
        Ok(Place { settings, community, allowed, lang, told })
    }

    /// In private a person is spoken to as in the community they came from by a link or button of its group, otherwise
    /// as in the one they were last seen in; in their own language.
    async fn private_place(&mut self, tx: &mut Tx, event: &Event, chat: ChatId) -> Result<Place> {
        let memberships = tx.memberships(UserId(chat.0)).await?;
        let serves = |chat: &ChatId| self.book.of(*chat).allowed && tx.chat(*chat).is_some_and(ChatRow::is_live);
        // An old link may name a basic group that has another number now.
        let current = |chat: ChatId| tx.chat(chat).and_then(|row| row.moved_to).unwrap_or(chat);
        let is_group = |chat: &ChatId| self.book.of(*chat).settings.common.staff_chat().map(current) != Some(*chat);
        let home = named_group(event)
            .map(current)
            .filter(|chat| serves(chat) && is_group(chat))
            .or_else(|| memberships.iter().map(|it| it.chat).find(serves));
        let tag = match &event.kind {
            Kind::Message(message) => message.author().and_then(|user| user.language.clone()),
            Kind::Button(press) => press.user.language.clone(),
            Kind::Told(Told::FiguresAsked { asked, .. } | Told::Figures { asked, .. }) => {
                asked.user().and_then(|user| user.language.clone())
            }
            _ => None,
        };
        let (settings, community) = match home.and_then(|chat| tx.chat(chat)) {
            Some(row) => (self.book.of(row.id).settings.clone(), row.community),
            None => (self.book.bare().clone(), CommunityId(0)),
        };
        let lang = tag.map_or(settings.common.language, |tag| Lang::of_tag(&tag));
        Ok(Place { settings, community, allowed: true, lang, told: None })
    }

    /// Gives chats the community their settings now say.
    pub(super) async fn assign_communities(&mut self, tx: &mut Tx, chats: &[ChatId]) -> Result<()> {
        for chat in chats {
            let community = tx.community(&self.book.slug(*chat)).await?;
            if let Some(row) = tx.chat(*chat).filter(|row| row.community != community).cloned() {
                tx.put_chat(ChatRow { community, ..row }).await?;
            }
        }
        Ok(())
    }
}

/// The chat as the event describes it.
fn chat_of(event: &Event) -> Option<&Chat> {
    match &event.kind {
        Kind::Message(message) | Kind::Edited(message) => Some(&message.chat),
        Kind::Member(change) => Some(&change.chat),
        Kind::Own(change) => Some(&change.chat),
        Kind::Button(press) => Some(&press.chat),
        Kind::Reaction(reaction) => Some(&reaction.chat),
        Kind::JoinRequest(request) => Some(&request.chat),
        _ => None,
    }
}

/// The group that a deep link (`/start rules_-100…`) or the data of a button (`welcome:read:-100…`) ends with. It says
/// which settings are meant, and proves nothing about who asks.
fn named_group(event: &Event) -> Option<ChatId> {
    let last = match &event.kind {
        Kind::Message(message) => message.text.strip_prefix("/start rules_"),
        Kind::Button(press) => press.data.rsplit(':').next(),
        _ => None,
    };
    last?.trim().parse().ok().map(ChatId).filter(|chat| chat.0 < 0)
}

fn is_news(row: &ChatRow, seen: &Chat) -> bool {
    row.title != seen.title || row.username != seen.username || row.kind != seen.kind || row.is_forum != seen.is_forum
}
