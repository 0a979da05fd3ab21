-- What staff were alerted to, the last of each kind: when, the most in an hour, and when it was over. `begun` is when the
-- watch began.
CREATE TABLE risk_alert (
    chat    BIGINT NOT NULL,
    what    TEXT   NOT NULL,
    told    BIGINT NOT NULL,
    n       BIGINT NOT NULL,
    over_at BIGINT,
    PRIMARY KEY (chat, what)
) WITHOUT ROWID;

-- When an administrator who writes as the group itself was last heard: the log of activity knows only people.
CREATE TABLE risk_heard (
    chat BIGINT NOT NULL,
    at   BIGINT NOT NULL,
    PRIMARY KEY (chat)
) WITHOUT ROWID;
