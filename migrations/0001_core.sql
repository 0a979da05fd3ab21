-- The tables every feature shares. Portable: BIGINT, TEXT and DOUBLE PRECISION only; times in milliseconds since 1970
-- (UTC); flags 0 or 1; JSON as TEXT. `WITHOUT ROWID` is left out on PostgreSQL.

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- A settings file (`file:moms`) or a chat that no file names (`chat:-100…`).
CREATE TABLE community (
    id   BIGINT NOT NULL PRIMARY KEY,
    slug TEXT   NOT NULL UNIQUE
);

-- Updates that Telegram was told were received and that are not handled yet. A row goes as soon as it is.
CREATE TABLE inbox (
    seq       BIGINT NOT NULL PRIMARY KEY,
    update_id BIGINT NOT NULL,
    received  BIGINT NOT NULL,
    attempts  BIGINT NOT NULL,
    raw       TEXT   NOT NULL
);

-- Update ids already taken in, in runs without a hole of at most 1000. Kept for as long as Telegram may send one again.
CREATE TABLE seen (
    first BIGINT NOT NULL PRIMARY KEY,
    last  BIGINT NOT NULL,
    at    BIGINT NOT NULL
);
CREATE INDEX seen_at ON seen (at);

-- Events that failed, with what is needed to try again.
CREATE TABLE quarantine (
    id     BIGINT NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    source TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    error  TEXT   NOT NULL
);

-- Effects on their way to Telegram. `state`: 0 waiting, 1 being sent (it may have happened).
CREATE TABLE outbox (
    id       BIGINT NOT NULL PRIMARY KEY,
    chat     BIGINT NOT NULL,
    class    BIGINT NOT NULL,
    state    BIGINT NOT NULL,
    after_at BIGINT NOT NULL,
    deadline BIGINT,
    attempts BIGINT NOT NULL,
    effect_key TEXT NOT NULL UNIQUE,
    note     TEXT   NOT NULL,
    body     TEXT   NOT NULL
);
CREATE INDEX outbox_chat ON outbox (chat, id);
CREATE INDEX outbox_after ON outbox (state, after_at);

-- Until when a chat, or everything (chat 0), must be left alone after a 429.
CREATE TABLE cooldown (
    chat  BIGINT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL
);

-- Names of messages the bot has sent.
CREATE TABLE sent (
    chat    BIGINT NOT NULL,
    name    TEXT   NOT NULL,
    message BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (chat, name)
) WITHOUT ROWID;
CREATE INDEX sent_at ON sent (at);

-- Reminders. Chat 0 is the process itself.
CREATE TABLE agenda (
    chat    BIGINT NOT NULL,
    name    TEXT   NOT NULL,
    due     BIGINT NOT NULL,
    payload TEXT   NOT NULL,
    PRIMARY KEY (chat, name)
) WITHOUT ROWID;
CREATE INDEX agenda_due ON agenda (due);

CREATE TABLE chat (
    id        BIGINT NOT NULL PRIMARY KEY,
    community BIGINT NOT NULL,
    kind      TEXT   NOT NULL,
    title     TEXT   NOT NULL,
    username  TEXT,
    is_forum  BIGINT NOT NULL,
    -- What the bot is there, and may do.
    status    TEXT   NOT NULL,
    rights    BIGINT NOT NULL,
    since     BIGINT NOT NULL,
    paused    BIGINT,
    -- Set when it became a supergroup of that number.
    moved_to  BIGINT
);
CREATE INDEX chat_community ON chat (community);

CREATE TABLE member (
    chat       BIGINT NOT NULL,
    user_id    BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    username   TEXT,
    status     TEXT   NOT NULL,
    -- Null when it was before the bot could see it.
    joined     BIGINT,
    left_at    BIGINT,
    first_seen BIGINT NOT NULL,
    last_seen  BIGINT NOT NULL,
    -- Counted up to 100 and 60: more makes no difference to trust.
    messages   BIGINT NOT NULL,
    days       BIGINT NOT NULL,
    trusted    BIGINT NOT NULL,
    -- As an administrator they have the right to mute and ban.
    restricts  BIGINT NOT NULL,
    PRIMARY KEY (chat, user_id)
) WITHOUT ROWID;
CREATE INDEX member_user ON member (user_id);
CREATE INDEX member_username ON member (chat, username);

-- Whether the bot can write to a person: 1 yes, 0 no.
CREATE TABLE person (
    user_id   BIGINT NOT NULL PRIMARY KEY,
    reachable BIGINT NOT NULL,
    language  TEXT
);

-- What people did, one row each; never a word of what they wrote. `ref` says what was done: the message, the day, ….
-- Ordered by time, so that what is told now lands together, however many groups there are. A message keeps its time,
-- so that this key finds it told again; whatever else may be told again at another time is unique without it.
CREATE TABLE activity (
    at        BIGINT NOT NULL,
    chat      BIGINT NOT NULL,
    kind      BIGINT NOT NULL,
    ref       BIGINT NOT NULL,
    user_id   BIGINT NOT NULL,
    community BIGINT NOT NULL,
    weight    DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (at, chat, kind, ref, user_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX activity_once ON activity (chat, kind, ref, user_id) WHERE kind <> 1 OR ref < 0;

-- Its roll-up by local day, kept in the same transaction.
CREATE TABLE member_day (
    community BIGINT NOT NULL,
    day       BIGINT NOT NULL,
    user_id   BIGINT NOT NULL,
    kind      BIGINT NOT NULL,
    n         BIGINT NOT NULL,
    PRIMARY KEY (community, day, user_id, kind)
) WITHOUT ROWID;
CREATE INDEX member_day_user ON member_day (community, user_id, day);

-- Times in which the bot could not see a chat (chat 0: any chat).
CREATE TABLE gap (
    chat    BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL,
    reason  TEXT   NOT NULL,
    PRIMARY KEY (chat, from_at)
) WITHOUT ROWID;

-- Settings that administrators changed in the chat.
CREATE TABLE override (
    chat  BIGINT NOT NULL,
    name  TEXT   NOT NULL,
    value TEXT   NOT NULL,
    by_id BIGINT NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (chat, name)
) WITHOUT ROWID;
