-- finding: view-runs-as-owner shop.report
CREATE ROLE reporter;
GRANT USAGE ON SCHEMA shop TO reporter; GRANT SELECT ON shop.orders TO reporter;
CREATE POLICY reporting ON shop.orders FOR SELECT TO reporter USING (true);
CREATE VIEW shop.report AS SELECT * FROM shop.orders;
ALTER VIEW shop.report OWNER TO reporter;
GRANT SELECT ON shop.report TO order_users;
-- leak as alice@example.com
SELECT item FROM shop.report WHERE item = 'secret';
