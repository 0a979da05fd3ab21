INSERT INTO slot (chat, post, due, title, pick, state, late) VALUES (-1001, 'morning', 1772424000000, 'Good morning', 77, 'posted', 0);
