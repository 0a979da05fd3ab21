INSERT INTO poll (id, chat, message, at) VALUES ('5001', -1001, 9, 1772424000000);
INSERT INTO headcount (chat, day, n) VALUES (-1001, 20514, 120);
