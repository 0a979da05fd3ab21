INSERT INTO agenda (chat, name, due, payload) VALUES (-1002, 'checkin/on', 1772424000000, '1772424000000');
