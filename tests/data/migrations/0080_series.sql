INSERT INTO series (chat, kind, hour, n) VALUES (-1001, 6, 492340, 3);
