-- finding: owner-by-chain role curators
CREATE ROLE curators; GRANT curators TO "alice@example.com";
CREATE VIEW shop.mine AS SELECT item FROM shop.orders WHERE owner = session_user;
ALTER VIEW shop.mine OWNER TO curators;
GRANT SELECT ON shop.orders TO curators;
GRANT ALL ON SCHEMA shop TO curators;
CREATE POLICY curators ON shop.orders FOR SELECT TO curators USING (pg_has_role(session_user, 'curators', 'USAGE'));
-- leak as alice@example.com
CREATE OR REPLACE VIEW shop.mine AS SELECT item FROM shop.orders;
SELECT item FROM shop.mine WHERE item = 'secret';
