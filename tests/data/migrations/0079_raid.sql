UPDATE chat SET raid_since = 1772424000000, raid_until = 1772425800000 WHERE id = -1001;
INSERT INTO raid_guest (chat, user_id, joined, raid, held) VALUES (-1001, 10001, 1772424000000, 1772424000000, 1);
