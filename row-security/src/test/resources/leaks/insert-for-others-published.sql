-- finding: insert-for-others shop.orders policy own
ALTER TABLE shop.orders ADD published bool NOT NULL DEFAULT false;
ALTER POLICY own ON shop.orders USING (owner = current_user) WITH CHECK (owner = current_user OR published);
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner, published) VALUES ('planted', 'bob@example.com', true);
