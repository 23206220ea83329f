-- One's own, or anybody's for who has a role: by a function that is given who asks.
CREATE SCHEMA hidden AUTHORIZATION shop_owner;
SET ROLE shop_owner;
CREATE TABLE hidden.user_roles (person text, role text);
CREATE FUNCTION hidden.has_role(text, text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT EXISTS (SELECT FROM hidden.user_roles WHERE person = $1 AND role = $2) $$;
ALTER POLICY own ON shop.orders
  USING (owner = current_user OR (SELECT hidden.has_role(current_user, 'admin')))
  WITH CHECK (owner = current_user OR (SELECT hidden.has_role(current_user, 'admin')));
CREATE TABLE shop.notes (kind text, owner text NOT NULL DEFAULT current_user, body text);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON shop.notes USING (true);
CREATE POLICY own ON shop.notes AS RESTRICTIVE
  USING (owner = current_user OR (kind = 'open' AND (SELECT hidden.has_role(current_user, 'admin'))));
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.notes TO order_users;
CREATE TABLE shop.drafts (owner text DEFAULT current_user, body text);
ALTER TABLE shop.drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.drafts USING (owner = current_user) WITH CHECK (coalesce(owner, current_user) = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.drafts TO order_users;
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
