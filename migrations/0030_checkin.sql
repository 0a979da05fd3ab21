-- Check-ins: one row per member and local day. `message` is the message it was made with, so that the same message told
-- again is known; `made_up` marks a day filled with a make-up card at the time `at`.
CREATE TABLE checkin (
    community BIGINT NOT NULL,
    user_id   BIGINT NOT NULL,
    day       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    chat      BIGINT NOT NULL,
    message   BIGINT,
    made_up   BIGINT NOT NULL,
    PRIMARY KEY (community, user_id, day)
) WITHOUT ROWID;
CREATE INDEX checkin_day ON checkin (community, day);

-- What follows from a member's rows, worked out anew with each of them: the run that ends with the latest day, the
-- longest run, and the chat of the latest check-in.
CREATE TABLE checkin_streak (
    community BIGINT NOT NULL,
    user_id   BIGINT NOT NULL,
    chat      BIGINT NOT NULL,
    last_day  BIGINT NOT NULL,
    length    BIGINT NOT NULL,
    best      BIGINT NOT NULL,
    PRIMARY KEY (community, user_id)
) WITHOUT ROWID;

-- Gifts earned: never twice for the same cause. `body` is the message that brings it, none while codes have run out.
-- `state`: 0 owed, 1 waiting for the member to open the private chat, 2 on its way, 3 received.
CREATE TABLE gift (
    community BIGINT NOT NULL,
    user_id   BIGINT NOT NULL,
    gift      TEXT   NOT NULL,
    cause     TEXT   NOT NULL,
    id        BIGINT NOT NULL UNIQUE,
    chat      BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    state     BIGINT NOT NULL,
    body      TEXT,
    PRIMARY KEY (community, user_id, gift, cause)
) WITHOUT ROWID;

-- Codes that were given away. They stay when their owner is forgotten, so that nobody else gets one.
CREATE TABLE gift_code (
    community BIGINT NOT NULL,
    gift      TEXT   NOT NULL,
    code      TEXT   NOT NULL,
    PRIMARY KEY (community, gift, code)
) WITHOUT ROWID;

-- Daily check-in posts: at most one per chat and day. `text` is the fingerprint of the text whose turn it was, `shown`
-- the moment the count on its button was last brought up to date.
CREATE TABLE checkin_post (
    chat  BIGINT NOT NULL,
    day   BIGINT NOT NULL,
    at    BIGINT NOT NULL,
    text  BIGINT NOT NULL,
    shown BIGINT NOT NULL,
    PRIMARY KEY (chat, day)
) WITHOUT ROWID;
