-- What was done before it was counted by the hour is still in the log of activity.
INSERT INTO series (chat, kind, hour, n)
SELECT chat, kind, at / 3600000, COUNT(*) FROM activity WHERE kind IN (6, 7, 8, 9)
GROUP BY chat, kind, at / 3600000
ON CONFLICT (chat, kind, hour) DO NOTHING;
