-- How often something that may be a sign of trouble happened in each hour since 1970, by kind of deed.
CREATE TABLE series (
    chat BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    n    BIGINT NOT NULL,
    PRIMARY KEY (chat, kind, hour)
) WITHOUT ROWID;
