-- A policy for each tenant's role.
CREATE ROLE tenant_a; CREATE ROLE tenant_b;
GRANT tenant_a TO "alice@example.com"; GRANT tenant_b TO "bob@example.com";
CREATE TABLE shop.invoices (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, total numeric);
ALTER TABLE shop.invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY a ON shop.invoices TO tenant_a USING (tenant = 'a');
CREATE POLICY b ON shop.invoices TO tenant_b USING (tenant = 'b');
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.invoices TO tenant_a, tenant_b;
INSERT INTO shop.invoices (tenant, total) VALUES ('b', 7);
-- leak as alice@example.com
SELECT total FROM shop.invoices;
