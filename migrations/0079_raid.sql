-- The last raid of a group: its joins from the first to the second count as part of it, and it is on until the second.
ALTER TABLE chat ADD COLUMN raid_since BIGINT;
ALTER TABLE chat ADD COLUMN raid_until BIGINT;

-- Who joined lately, and what raid mode did to them. `raid` is the raid they joined in, by its start. `held`: 0 no, 1 may
-- not write, 2 freed, 3 left alone since somebody else decided about them, 4 removed.
CREATE TABLE raid_guest (
    chat    BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    joined  BIGINT NOT NULL,
    raid    BIGINT,
    held    BIGINT NOT NULL,
    PRIMARY KEY (chat, user_id)
) WITHOUT ROWID;
CREATE INDEX raid_guest_joined ON raid_guest (chat, joined);
