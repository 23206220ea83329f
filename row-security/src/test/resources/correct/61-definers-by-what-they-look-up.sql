-- Functions of the owner's that hold to what they have looked up of who calls, that have a helper refuse, or write over what is one's own.
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text COLLATE "C", team int, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.orders ADD team int, ADD status text NOT NULL DEFAULT 'draft';
CREATE TABLE shop.wishes (person text COLLATE "C" PRIMARY KEY, words text);
ALTER TABLE shop.wishes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.wishes FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.wishes TO order_users;
CREATE FUNCTION shop.f1() RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE mine int; BEGIN
    SELECT m.team INTO STRICT mine FROM shop.memberships m WHERE m.person = session_user LIMIT 1;
    RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.team = mine; END $$;
CREATE FUNCTION shop.f2() RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE n int; mine int; BEGIN
    SELECT count(*), min(m.team) FROM shop.memberships m WHERE m.person = session_user INTO n, mine;
    RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.team = mine; END $$;
CREATE FUNCTION shop.f3(wanted int) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE n int; BEGIN
    SELECT count(*) INTO n FROM shop.memberships m WHERE m.person = session_user AND m.team = wanted;
    IF n = 0 THEN RAISE EXCEPTION 'no'; END IF;
    RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.team = wanted; END $$;
CREATE FUNCTION shop.require_member(wanted int) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF NOT EXISTS (SELECT FROM shop.memberships m WHERE m.person = session_user AND m.team = wanted) THEN RAISE EXCEPTION 'no'; END IF; END $$;
CREATE FUNCTION shop.f4(wanted int) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
    PERFORM shop.require_member(wanted);
    RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.team = wanted; END $$;
CREATE FUNCTION shop.f5(wanted int) RETURNS SETOF text SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT shop.require_member(wanted); SELECT o.item FROM shop.orders o WHERE o.team = wanted $$;
CREATE FUNCTION shop.f6(what text) RETURNS void SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ INSERT INTO shop.wishes AS w (words, person) VALUES (what, session_user)
    ON CONFLICT (person) DO UPDATE SET words = w.words || EXCLUDED.words $$;
CREATE FUNCTION shop.f7(wanted int DEFAULT NULL) RETURNS SETOF text SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT o.item FROM shop.orders o WHERE o.owner = coalesce(session_user, '') AND (wanted IS NULL OR o.id = wanted) $$;
CREATE FUNCTION shop.f8(wanted int, which text) RETURNS SETOF text SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT o.item FROM shop.orders o WHERE o.owner = session_user OR (o.status = 'published' AND (o.id = wanted OR which = 'all')) $$;
CREATE FUNCTION shop.f9(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
    IF who IS NULL OR NOT pg_has_role(session_user, 'shop_owner', 'member') THEN who := session_user; END IF;
    RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = who; END $$;
CREATE FUNCTION shop.f10() RETURNS void SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE it record; BEGIN
    FOR it IN SELECT o.id FROM shop.orders o WHERE o.owner = session_user LOOP
      UPDATE shop.orders SET status = 'sent' WHERE id = it.id;
    END LOOP; END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.f7() UNION ALL SELECT shop.f8(2, 'all') UNION ALL SELECT shop.f9('bob@example.com');
