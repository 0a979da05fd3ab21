INSERT INTO heat_alert (chat, topic, told) VALUES (-1001, 7, 1772424000000);
