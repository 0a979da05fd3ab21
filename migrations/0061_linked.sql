-- The channel whose discussion group a chat is: null while Telegram was not asked, 0 when there is none.
ALTER TABLE chat ADD COLUMN linked BIGINT;
