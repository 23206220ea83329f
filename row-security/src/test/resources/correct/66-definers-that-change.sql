-- Functions of the owner's that change rows, each of them of who calls: by a join, a sub-select, MERGE, an upsert with a condition.
-- server: 15
SET ROLE shop_owner;
CREATE TABLE shop.members (team int, person text COLLATE "C", role text NOT NULL DEFAULT 'member', PRIMARY KEY (person, team));
ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.members FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.members TO order_users;
CREATE TABLE shop.tasks (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), team int NOT NULL, sender text COLLATE "C", recipient text COLLATE "C", done boolean, title text, meta jsonb, taken_by text);
CREATE INDEX ON shop.tasks (team);
ALTER TABLE shop.tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.tasks USING (team IN (SELECT m.team FROM shop.members m WHERE m.person = current_user));
GRANT SELECT ON shop.tasks TO order_users;
CREATE FUNCTION shop.is_admin_of(t int) RETURNS boolean STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM shop.members m WHERE m.team = t AND m.person = session_user AND m.role IN ('owner', 'admin')) $$;
CREATE FUNCTION shop.leave(which int) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ DELETE FROM shop.members WHERE team = which AND person = session_user $$;
CREATE FUNCTION shop.kick(which int, who text) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ DELETE FROM shop.members m WHERE m.team = which AND m.person = who AND shop.is_admin_of(m.team) $$;
CREATE FUNCTION shop.kick2(which int, who text) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM shop.members m USING shop.members me WHERE me.team = m.team AND me.person = session_user AND me.role = 'admin' AND m.team = which AND m.person = who $$;
CREATE FUNCTION shop.finish(which uuid) RETURNS SETOF uuid SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  RETURN QUERY UPDATE shop.tasks t SET done = true, title = CASE WHEN t.title IS DISTINCT FROM '' THEN t.title ELSE 'x' END, meta = jsonb_set(t.meta, '{by}', to_jsonb(session_user::text))
    FROM shop.members m WHERE m.team = t.team AND m.person = session_user AND t.id = which AND t.done IS DISTINCT FROM true RETURNING t.id; END $$;
CREATE FUNCTION shop.take() RETURNS uuid SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ DECLARE it uuid; BEGIN
  UPDATE shop.tasks SET taken_by = session_user WHERE id = (SELECT t.id FROM shop.tasks t JOIN shop.members m USING (team) WHERE m.person = session_user AND t.taken_by IS NULL ORDER BY t.id LIMIT 1 FOR UPDATE OF t SKIP LOCKED) RETURNING id INTO it;
  UPDATE shop.tasks SET title = title || '!' WHERE id = it;
  RETURN it; END $$;
CREATE FUNCTION shop.hide(which uuid) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  UPDATE shop.tasks SET done = true WHERE id = which AND session_user IN (sender, recipient) $$;
CREATE FUNCTION shop.hide2(which uuid) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  UPDATE shop.tasks SET done = true WHERE id = which AND (sender = session_user OR recipient = session_user OR EXISTS (SELECT FROM shop.members m WHERE m.person = session_user AND m.team = tasks.team AND m.role = 'admin')) $$;
CREATE FUNCTION shop.atomic(which uuid) RETURNS uuid SECURITY DEFINER LANGUAGE sql
  BEGIN ATOMIC UPDATE shop.tasks t SET done = true WHERE t.id = which AND (t.team, t.sender) IN (SELECT m.team, m.person FROM shop.members m WHERE m.person = SESSION_USER) RETURNING t.id; END;
CREATE FUNCTION shop.clear(kinds text[]) RETURNS int SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ DECLARE n int; me text := session_user; BEGIN
  DELETE FROM ONLY shop.tasks AS t WHERE t.recipient = me AND (t.title = ANY (kinds) OR kinds IS NULL);
  GET DIAGNOSTICS n = ROW_COUNT; RETURN n; END $$;
CREATE FUNCTION shop.rename(which int, named text) RETURNS void SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ DECLARE m record; BEGIN
  FOR m IN SELECT * FROM shop.members x WHERE x.person = session_user AND x.team = which LOOP
    UPDATE shop.tasks SET title = named WHERE team = m.team;
  END LOOP; END $$;
CREATE FUNCTION shop.mine_by_email(which uuid) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  UPDATE shop.tasks SET done = NOT done WHERE lower(sender) = lower(session_user::text) AND id = which $$;
CREATE TABLE shop.settings (person text COLLATE "C" NOT NULL DEFAULT current_user, key text NOT NULL, value jsonb, PRIMARY KEY (person, key));
ALTER TABLE shop.settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.settings USING (person = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.settings TO order_users;
CREATE FUNCTION shop.set_setting(k text, v jsonb) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO shop.settings AS s (person, key, value) VALUES (session_user, k, v) ON CONFLICT (person, key) DO UPDATE SET value = excluded.value WHERE s.value IS DISTINCT FROM excluded.value $$;
CREATE FUNCTION shop.merge_setting(k text, v jsonb) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  MERGE INTO shop.settings s USING (SELECT session_user::text AS p, k, v) n(p, k, v) ON s.person = n.p AND s.key = n.k
  WHEN MATCHED AND n.v IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET value = n.v WHEN NOT MATCHED THEN INSERT (person, key, value) VALUES (n.p, n.k, n.v) $$;
CREATE FUNCTION shop.take_setting(k text) RETURNS jsonb SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH gone AS (DELETE FROM shop.settings WHERE person = session_user AND key = k RETURNING value) SELECT value FROM gone $$;
CREATE FUNCTION shop.atomic_setting(k text) RETURNS jsonb SECURITY DEFINER LANGUAGE sql
  BEGIN ATOMIC UPDATE shop.settings SET value = jsonb_set(value, '{a}', to_jsonb(k)) WHERE person = SESSION_USER AND key = $1 RETURNING value; END;
RESET ROLE;
