-- Who waits to be welcomed (since when they joined), and who was.
CREATE TABLE welcome_guest (
    chat     BIGINT NOT NULL,
    user_id  BIGINT NOT NULL,
    waiting  BIGINT,
    welcomed BIGINT,
    PRIMARY KEY (chat, user_id)
) WITHOUT ROWID;

-- The newest welcome in a chat.
CREATE TABLE welcome_last (
    chat    BIGINT NOT NULL PRIMARY KEY,
    message BIGINT NOT NULL
);

-- Who confirmed which version of the rules.
CREATE TABLE rules_read (
    chat    BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (chat, user_id, version)
) WITHOUT ROWID;
