INSERT INTO gap (chat, from_at, to_at, reason) VALUES (-1001, 1772424000000, 9223372036854775807, 'not an administrator');
