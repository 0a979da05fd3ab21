-- Second opinions asked for: when, when the answer came, and the word for why there was none ('' where there was one).
-- What was asked and answered is not kept here.
CREATE TABLE opinion_call (
    community BIGINT NOT NULL,
    case_id   BIGINT NOT NULL,
    asked     BIGINT NOT NULL,
    ended     BIGINT,
    failure   TEXT NOT NULL,
    PRIMARY KEY (community, case_id)
) WITHOUT ROWID;
CREATE INDEX opinion_call_asked ON opinion_call (community, asked);
