INSERT INTO lesson (community, id, user_id, teacher, at, is_ad, case_id, text) VALUES (1, 1, 10001, 10002, 1772424000000, 1, 50001, '高价回收旧相机，主页找我');
