INSERT INTO series (chat, kind, hour, n) VALUES (-1001, 7, 492341, 2);
