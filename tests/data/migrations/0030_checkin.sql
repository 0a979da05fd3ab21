INSERT INTO checkin (community, user_id, day, at, chat, message, made_up) VALUES (1, 10001, 20514, 1772424000000, -1001, 8, 0);
INSERT INTO checkin_streak (community, user_id, chat, last_day, length, best) VALUES (1, 10001, -1001, 20514, 1, 3);
INSERT INTO gift (community, user_id, gift, cause, id, chat, at, state, body) VALUES (1, 10001, 'kit', 'streak 7', 40001, -1001, 1772424000000, 0, NULL);
INSERT INTO gift_code (community, gift, code) VALUES (1, 'kit', 'ABC-1');
INSERT INTO checkin_post (chat, day, at, text, shown) VALUES (-1001, 20514, 1772424000000, 5, 0);
