INSERT INTO wordlist_hit (chat, message, list, version, user_id, at, measure, said) VALUES (-1001, 89, 'sensitive.txt', '3', 7, 1772424000000, 1, 0);
