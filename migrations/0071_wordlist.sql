-- Messages in which a list of words found something: by which version, what was done (0 shown to the staff, 1 held,
-- 2 deleted, 3 struck), and whether the writer was told.
CREATE TABLE wordlist_hit (
    chat    BIGINT NOT NULL,
    message BIGINT NOT NULL,
    list    TEXT   NOT NULL,
    version TEXT   NOT NULL,
    user_id BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    measure BIGINT NOT NULL,
    said    BIGINT NOT NULL,
    PRIMARY KEY (chat, message, list)
) WITHOUT ROWID;
CREATE INDEX wordlist_hit_user ON wordlist_hit (chat, user_id, at);
CREATE INDEX wordlist_hit_at ON wordlist_hit (chat, at);
