-- finding: schema-create schema shop
-- people: alice@example.com
ALTER SCHEMA shop OWNER TO "alice@example.com";
-- leak as alice@example.com
DROP TABLE shop.orders; SELECT 'all gone';
