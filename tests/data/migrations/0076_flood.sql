INSERT INTO flood_message (chat, message, user_id, at, excess, step) VALUES (-1001, 88, 7, 1772424000000, 'repeat', 1);
