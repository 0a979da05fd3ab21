INSERT INTO strike_case (community, id, user_id, chat, at, counts, acted, expires, undone, warned, carded, worded, about) VALUES (1, 50001, 10001, -1001, 1772424000000, 1, 1772424000000, 1775016000000, NULL, NULL, NULL, 0, '{}');
INSERT INTO strike_message (chat, message, community, case_id, album, at) VALUES (-1001, 8, 1, 50001, NULL, 1772424000000);
INSERT INTO strike_report (community, case_id, user_id, at) VALUES (1, 50001, 10002, 1772424000000);
