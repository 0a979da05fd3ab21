-- Chats the bot was brought to.
CREATE TABLE arrival (
    chat     BIGINT NOT NULL PRIMARY KEY,
    -- When it came, the last time.
    came     BIGINT NOT NULL,
    -- It was there before.
    again    BIGINT NOT NULL,
    -- Its introduction is kept up to date: until it has had all the rights it asks for, or a day has passed.
    settling BIGINT NOT NULL,
    -- Since when it cannot see who joins and leaves; null while it can.
    blind    BIGINT
);

-- Rights it had and lost, or was refused for want of.
CREATE TABLE arrival_loss (
    chat       BIGINT NOT NULL,
    right_name TEXT   NOT NULL,
    -- Null when the right is back.
    lost       BIGINT,
    -- When staff were last told; 0 never.
    told       BIGINT NOT NULL,
    PRIMARY KEY (chat, right_name)
) WITHOUT ROWID;

-- Groups it left because it does not serve them, kept for an hour: who adds it to many is not answered each time.
CREATE TABLE arrival_refusal (
    chat  BIGINT NOT NULL PRIMARY KEY,
    adder BIGINT NOT NULL,
    at    BIGINT NOT NULL
);
