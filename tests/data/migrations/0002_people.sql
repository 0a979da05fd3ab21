INSERT INTO member_count (chat, day, n, known) VALUES (-1001, 20514, 120, 80);
