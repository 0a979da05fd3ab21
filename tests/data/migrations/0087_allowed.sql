INSERT INTO allowed (community, entry, allowed_by, at) VALUES (1, 'example.org', 10002, 1772424000000);
