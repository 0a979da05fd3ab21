-- How many a chat counts, by Telegram and by what the bot knows; the difference is who has never been seen.
CREATE TABLE member_count (
    chat  BIGINT NOT NULL,
    day   BIGINT NOT NULL,
    n     BIGINT NOT NULL,
    known BIGINT NOT NULL,
    PRIMARY KEY (chat, day)
) WITHOUT ROWID;
