-- What the figures of /stats are worked out from.

-- Joins that call for a welcome: when the bot asked for it, and when it stood in the group.
CREATE TABLE welcome_join (
    chat     BIGINT NOT NULL,
    user_id  BIGINT NOT NULL,
    joined   BIGINT NOT NULL,
    greeted  BIGINT,
    welcomed BIGINT,
    PRIMARY KEY (chat, user_id, joined)
) WITHOUT ROWID;
CREATE INDEX welcome_join_time ON welcome_join (chat, joined);

-- A slot's post as it stands in its group: its message and forum topic, until when who answers takes part in it, and how
-- many people the group had when it came; null for that where votes are secret.
ALTER TABLE slot ADD COLUMN message BIGINT;
ALTER TABLE slot ADD COLUMN thread BIGINT;
ALTER TABLE slot ADD COLUMN open_until BIGINT;
ALTER TABLE slot ADD COLUMN members BIGINT;
CREATE INDEX slot_message ON slot (chat, message);
CREATE INDEX slot_thread ON slot (chat, thread);

-- Who took part in the post of that message.
CREATE TABLE slot_participant (
    chat    BIGINT NOT NULL,
    message BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (chat, message, user_id)
) WITHOUT ROWID;

CREATE INDEX strike_case_at ON strike_case (community, at);
