-- Reposts and the question where they are from: 0 asked, 1 named when asked, 2 the writer's own, 3 not named, 4 named at once.
CREATE TABLE repost (
    chat    BIGINT NOT NULL,
    message BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    state   BIGINT NOT NULL,
    PRIMARY KEY (chat, message)
) WITHOUT ROWID;
CREATE INDEX repost_user ON repost (chat, user_id, at);
CREATE INDEX repost_at ON repost (chat, at);
