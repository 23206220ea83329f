-- Views that show people their own, each in another way.
SET ROLE shop_owner;
CREATE TABLE shop.teams (team int, person text); ALTER TABLE shop.teams ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.orders ADD team int, ADD status text DEFAULT 'draft', ADD published_at timestamptz;
CREATE VIEW shop.v1 WITH (security_barrier) AS
  SELECT o.item FROM shop.orders o JOIN shop.teams t ON t.team = o.team AND t.person = current_user;
CREATE VIEW shop.v2 WITH (security_barrier) AS
  SELECT o.item FROM shop.orders o WHERE o.team IN (SELECT t.team FROM shop.teams t WHERE t.person = current_user);
CREATE VIEW shop.v3 WITH (security_barrier) AS
  SELECT o.item FROM shop.orders o WHERE EXISTS (SELECT FROM shop.teams t WHERE t.person = current_user AND t.team = o.team);
CREATE VIEW shop.v4 WITH (security_barrier) AS
  WITH mine AS (SELECT team FROM shop.teams WHERE person = current_user) SELECT o.item FROM shop.orders o JOIN mine m ON m.team = o.team;
CREATE VIEW shop.v5 WITH (security_barrier) AS
  WITH mine AS (SELECT team FROM shop.teams WHERE person = current_user) SELECT o.item FROM shop.orders o WHERE o.team IN (SELECT mine.team FROM mine);
CREATE VIEW shop.v6 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE owner = current_user OR status = 'published' OR published_at <= now();
CREATE VIEW shop.v7 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE pg_has_role(current_user, 'shop_owner', 'member') OR owner = current_user;
CREATE VIEW shop.v8 WITH (security_barrier) AS
  SELECT x.item FROM (SELECT * FROM shop.orders WHERE owner = current_user) x WHERE x.id > 0;
CREATE VIEW shop.v9 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE owner = current_user UNION SELECT item FROM shop.orders WHERE owner = session_user ORDER BY 1;
CREATE VIEW shop.v10 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE current_user IN (owner, item);
CREATE VIEW shop.v11 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE NOT (owner <> current_user);
CREATE VIEW shop.v12 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE CASE WHEN owner = current_user THEN true ELSE false END;
CREATE VIEW shop.v13 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE coalesce(owner = current_user, false);
CREATE VIEW shop.v14 WITH (security_barrier) AS
  SELECT owner, count(*) FROM shop.orders GROUP BY owner HAVING owner = current_user;
CREATE VIEW shop.v15 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE team = ANY (ARRAY(SELECT t.team FROM shop.teams t WHERE t.person = current_user));
CREATE VIEW shop.v16 WITH (security_barrier) AS
  SELECT o.item FROM shop.orders o, LATERAL (SELECT t.team FROM shop.teams t WHERE t.person = current_user AND t.team = o.team) m WHERE m.team = o.team;
CREATE VIEW shop.v17 WITH (security_barrier) AS
  SELECT o.item FROM shop.teams t LEFT JOIN shop.orders o ON o.team = t.team WHERE t.person = current_user;
CREATE VIEW shop.v18 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE lower(owner) = lower(current_user::text) AND status IS NOT NULL;
CREATE VIEW shop.v19 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE (owner, status) = (current_user, 'draft');
CREATE VIEW shop.v20 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE (owner = current_user) IS TRUE;
CREATE VIEW shop.v21 WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE owner IN (current_user, session_user);
CREATE VIEW shop.v22 WITH (security_barrier) AS
  SELECT o.item FROM (SELECT * FROM shop.teams WHERE person = current_user) t LEFT JOIN shop.orders o ON o.team = t.team;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO order_users; REVOKE ALL ON shop.teams FROM order_users;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT v::text FROM shop.v1 v
UNION ALL SELECT v::text FROM shop.v2 v
UNION ALL SELECT v::text FROM shop.v3 v
UNION ALL SELECT v::text FROM shop.v4 v
UNION ALL SELECT v::text FROM shop.v5 v
UNION ALL SELECT v::text FROM shop.v6 v
UNION ALL SELECT v::text FROM shop.v7 v
UNION ALL SELECT v::text FROM shop.v8 v
UNION ALL SELECT v::text FROM shop.v9 v
UNION ALL SELECT v::text FROM shop.v10 v
UNION ALL SELECT v::text FROM shop.v11 v
UNION ALL SELECT v::text FROM shop.v12 v
UNION ALL SELECT v::text FROM shop.v13 v
UNION ALL SELECT v::text FROM shop.v14 v
UNION ALL SELECT v::text FROM shop.v15 v
UNION ALL SELECT v::text FROM shop.v16 v
UNION ALL SELECT v::text FROM shop.v17 v
UNION ALL SELECT v::text FROM shop.v18 v
UNION ALL SELECT v::text FROM shop.v19 v
UNION ALL SELECT v::text FROM shop.v20 v
UNION ALL SELECT v::text FROM shop.v21 v
UNION ALL SELECT v::text FROM shop.v22 v;
