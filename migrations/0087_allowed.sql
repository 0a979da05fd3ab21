-- Sites, names and invitations the staff allowed in the chat, beside those of the settings: `example.org`, `@name`,
-- `t.me/+code`. `allowed_by` is 0 where that somebody asked to be forgotten.
CREATE TABLE allowed (
    community  BIGINT NOT NULL,
    entry      TEXT   NOT NULL,
    allowed_by BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (community, entry)
) WITHOUT ROWID;
