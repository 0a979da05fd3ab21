INSERT INTO risk_alert (chat, what, told, n, over_at) VALUES (-1001, 'leaves', 1772424000000, 31, NULL);
INSERT INTO risk_heard (chat, at) VALUES (-1001, 1772424000000);
