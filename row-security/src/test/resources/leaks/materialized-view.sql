-- finding: materialized-view shop.counted
SET ROLE shop_owner;
CREATE MATERIALIZED VIEW shop.counted AS SELECT owner, count(*) FROM shop.orders GROUP BY owner;
GRANT SELECT ON shop.counted TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT owner FROM shop.counted WHERE owner = 'bob@example.com';
