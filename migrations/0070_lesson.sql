-- What the staff taught: messages they called ads or innocent, oldest first by number. `user_id` is who wrote the message,
-- 0 where that is nobody known; `teacher` who called it so, 0 for what was imported.
CREATE TABLE lesson (
    community BIGINT NOT NULL,
    id        BIGINT NOT NULL,
    user_id   BIGINT NOT NULL,
    teacher   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    is_ad     BIGINT NOT NULL,
    case_id   BIGINT,
    text      TEXT   NOT NULL,
    PRIMARY KEY (community, id)
) WITHOUT ROWID;
CREATE INDEX lesson_user ON lesson (user_id);
