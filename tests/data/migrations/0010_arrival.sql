INSERT INTO arrival (chat, came, again, settling, blind) VALUES (-1001, 1772424000000, 0, 0, NULL);
INSERT INTO arrival_loss (chat, right_name, lost, told) VALUES (-1001, 'pin', 1772424000000, 0);
INSERT INTO arrival_refusal (chat, adder, at) VALUES (-1002, 501, 1772424000000);
