INSERT INTO welcome_join (chat, user_id, joined, greeted, welcomed) VALUES (-1001, 42, 1772424000000, 1772424020000, 1772424020300);
INSERT INTO slot_participant (chat, message, user_id) VALUES (-1001, 9, 42);
