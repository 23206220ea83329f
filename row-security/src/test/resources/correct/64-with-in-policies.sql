-- Policies that look up by WITH: what is below one's own folders, a team of mine, one of two lists.
SET ROLE shop_owner;
CREATE TABLE shop.folders (id int PRIMARY KEY, parent int REFERENCES shop.folders, owner text COLLATE "C" NOT NULL);
ALTER TABLE shop.folders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.folders FOR SELECT USING (owner = current_user);
CREATE TABLE shop.memberships (person text COLLATE "C", team int, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.folders, shop.memberships TO order_users;
CREATE TABLE shop.files (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, folder int, team int, words text);
CREATE INDEX ON shop.files (folder);
CREATE INDEX ON shop.files (team);
ALTER TABLE shop.files ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON shop.files TO order_users;
INSERT INTO shop.files (folder, team, words) VALUES (1, 2, 'secret');
INSERT INTO shop.folders VALUES (1, NULL, 'bob@example.com');
CREATE POLICY below ON shop.files FOR SELECT USING (folder IN (
  WITH RECURSIVE below AS (
    SELECT f.id FROM shop.folders f WHERE f.owner = current_user
    UNION SELECT c.id FROM shop.folders c JOIN below b ON c.parent = b.id)
  SELECT below.id FROM below));
CREATE POLICY team ON shop.files FOR SELECT USING (EXISTS (
  WITH mine AS MATERIALIZED (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)
  SELECT FROM mine WHERE mine.team = files.team));
CREATE POLICY either ON shop.files FOR SELECT USING (team = ANY (ARRAY (
  (WITH mine AS (SELECT m.team FROM shop.memberships m WHERE m.person = current_user) SELECT mine.team FROM mine)
  UNION ALL (SELECT m.team FROM shop.memberships m WHERE m.person = current_user))));
RESET ROLE;
-- leak as alice@example.com
SELECT words FROM shop.files;
