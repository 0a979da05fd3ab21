INSERT INTO repost (chat, message, user_id, at, state) VALUES (-1001, 90, 7, 1772424000000, 0);
