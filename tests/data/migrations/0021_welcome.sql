INSERT INTO welcome_guest (chat, user_id, waiting, welcomed) VALUES (-1001, 10001, NULL, 1772424000000);
INSERT INTO welcome_last (chat, message) VALUES (-1001, 7);
INSERT INTO rules_read (chat, user_id, version, at) VALUES (-1001, 10001, 99, 1772424000000);
