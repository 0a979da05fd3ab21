-- When the staff were last told that a place (0 for a group's own talk, otherwise a topic) is heated.
CREATE TABLE heat_alert (
    chat  BIGINT NOT NULL,
    topic BIGINT NOT NULL,
    told  BIGINT NOT NULL,
    PRIMARY KEY (chat, topic)
) WITHOUT ROWID;
