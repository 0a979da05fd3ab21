-- Offences and orders of the staff, one row each. `about` is the rest as JSON: what was found, what was done, who decided.
CREATE TABLE strike_case (
    community BIGINT NOT NULL,
    -- Unique over all communities: a person in private names a case by it alone.
    id        BIGINT NOT NULL,
    user_id   BIGINT NOT NULL,
    chat      BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    -- It is a strike; otherwise something shown to the staff, or an order of theirs.
    counts    BIGINT NOT NULL,
    acted     BIGINT,
    expires   BIGINT,
    undone    BIGINT,
    -- When the group was told.
    warned    BIGINT,
    -- When the staff were shown a card; 0 while it is left to a summary.
    carded    BIGINT,
    -- 1 while words of the person are kept as evidence.
    worded    BIGINT NOT NULL,
    about     TEXT   NOT NULL,
    PRIMARY KEY (community, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX strike_case_id ON strike_case (id);
CREATE INDEX strike_case_user ON strike_case (community, user_id, at);
CREATE INDEX strike_case_warned ON strike_case (chat, warned);
CREATE INDEX strike_case_carded ON strike_case (community, carded);

-- Messages that belong to a case, and parts of albums that may come to. `case_id`: 0 none
-- yet; below 0 a channel's message, which has none.
CREATE TABLE strike_message (
    chat      BIGINT NOT NULL,
    message   BIGINT NOT NULL,
    community BIGINT NOT NULL,
    case_id   BIGINT NOT NULL,
    album     TEXT,
    at        BIGINT NOT NULL,
    PRIMARY KEY (chat, message)
) WITHOUT ROWID;
CREATE INDEX strike_message_album ON strike_message (chat, album);
CREATE INDEX strike_message_case ON strike_message (community, case_id);

-- Who reported what to the staff.
CREATE TABLE strike_report (
    community BIGINT NOT NULL,
    case_id   BIGINT NOT NULL,
    user_id   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (community, case_id, user_id)
) WITHOUT ROWID;
CREATE INDEX strike_report_user ON strike_report (community, user_id, at);
