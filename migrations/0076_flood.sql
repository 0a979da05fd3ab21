-- Messages that were too much: what of, and what was done besides deleting them (0 nothing, 1 a hint, 2 a mute or strike).
CREATE TABLE flood_message (
    chat    BIGINT NOT NULL,
    message BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    excess  TEXT   NOT NULL,
    step    BIGINT NOT NULL,
    PRIMARY KEY (chat, message)
) WITHOUT ROWID;
CREATE INDEX flood_message_user ON flood_message (chat, user_id, at);
CREATE INDEX flood_message_at ON flood_message (chat, at);
