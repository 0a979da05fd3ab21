-- Every time a planned post comes round in a chat, and what became of it. `pick` is the fingerprint of the text whose turn
-- it is or was: with `due` it is also the memory by which banks take turns.
CREATE TABLE slot (
    chat  BIGINT NOT NULL,
    post  TEXT   NOT NULL,
    due   BIGINT NOT NULL,
    title TEXT   NOT NULL,
    pick  BIGINT NOT NULL,
    state TEXT   NOT NULL,
    -- How late it was posted, in milliseconds.
    late  BIGINT NOT NULL,
    PRIMARY KEY (chat, post, due)
) WITHOUT ROWID;
CREATE INDEX slot_due ON slot (chat, due);
