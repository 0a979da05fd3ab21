INSERT INTO opinion_call (community, case_id, asked, ended, failure) VALUES (1, 2, 1772424000000, 1772424001000, 'late');
