-- Polls the bot has sent: votes come without their chat. Keyed by Telegram's id, which is what a vote tells.
CREATE TABLE poll (
    id      TEXT   NOT NULL PRIMARY KEY,
    chat    BIGINT NOT NULL,
    message BIGINT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX poll_chat ON poll (chat);
CREATE INDEX poll_at ON poll (at);

-- How many people a chat had, as Telegram counted them at the beginning of the local day; without the bot itself.
CREATE TABLE headcount (
    chat BIGINT NOT NULL,
    day  BIGINT NOT NULL,
    n    BIGINT NOT NULL,
    PRIMARY KEY (chat, day)
) WITHOUT ROWID;
