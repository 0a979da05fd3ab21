INSERT INTO sent (chat, name, message, at) VALUES (-1001, 'strikes/card/2', 11, 1772424000000);
