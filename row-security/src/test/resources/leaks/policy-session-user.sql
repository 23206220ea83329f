-- finding: policy-session-user shop.orders policy own
CREATE ROLE app LOGIN; GRANT order_users, "alice@example.com" TO app;
INSERT INTO shop.orders (item, owner) VALUES ('secret', 'app');
ALTER POLICY own ON shop.orders USING (owner = session_user);
-- leak as app
SET ROLE "alice@example.com"; SELECT item FROM shop.orders WHERE item = 'secret';
