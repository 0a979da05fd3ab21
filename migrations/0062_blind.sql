-- A gap that has not ended says since when the bot cannot see, and why; the arrival need not say it too.
ALTER TABLE arrival DROP COLUMN blind;
