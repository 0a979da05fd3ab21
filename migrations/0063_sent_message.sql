-- A card or warning is found by its number when the staff answer it.
CREATE INDEX sent_message ON sent (chat, message);
