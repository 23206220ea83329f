-- finding: role-settable role warden
CREATE ROLE warden BYPASSRLS; GRANT order_users TO warden; GRANT warden TO "alice@example.com";
-- leak as alice@example.com
SET ROLE warden; SELECT item FROM shop.orders WHERE item = 'secret';
