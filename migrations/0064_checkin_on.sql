-- Since when check-ins are on in a group is kept by a reminder; where they are on already, since the first that is known.
INSERT INTO agenda (chat, name, due, payload)
SELECT chat, 'checkin/on', MIN(at), CAST(MIN(at) AS TEXT)
FROM (SELECT chat, at FROM checkin UNION ALL SELECT chat, at FROM checkin_post) AS known
WHERE NOT EXISTS (SELECT 1 FROM agenda WHERE agenda.chat = known.chat AND agenda.name = 'checkin/on')
GROUP BY chat;
