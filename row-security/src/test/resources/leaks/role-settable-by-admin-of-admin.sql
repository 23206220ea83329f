-- finding: role-settable role warden
-- server: 16..
CREATE ROLE warden BYPASSRLS; CREATE ROLE chiefs; CREATE ROLE leads;
GRANT order_users TO warden;
GRANT warden TO chiefs WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
GRANT chiefs TO leads WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
GRANT leads TO "alice@example.com" WITH INHERIT TRUE, SET FALSE;
-- leak as alice@example.com
GRANT chiefs TO "alice@example.com";
GRANT warden TO "alice@example.com";
SET ROLE warden; SELECT item FROM shop.orders WHERE item = 'secret';
