-- finding: role-predefined role pg_read_all_data
-- server: 14
-- people: group:order_users
GRANT pg_read_all_data TO "alice@example.com", "bob@example.com";
CREATE TABLE shop.notes (words text);
INSERT INTO shop.notes VALUES ('secret');
-- leak as bob@example.com
SELECT words FROM shop.notes;
