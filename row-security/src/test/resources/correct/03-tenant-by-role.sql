-- A tenant is a role, and people are its members.
CREATE ROLE tenant_a; CREATE ROLE tenant_b;
GRANT tenant_a TO "alice@example.com"; GRANT tenant_b TO "bob@example.com";
CREATE TABLE shop.invoices (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant name NOT NULL, total numeric);
ALTER TABLE shop.invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON shop.invoices USING (pg_has_role(tenant, 'MEMBER'));
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.invoices TO order_users;
INSERT INTO shop.invoices (tenant, total) VALUES ('tenant_b', 7);
-- leak as alice@example.com
SELECT total FROM shop.invoices;
