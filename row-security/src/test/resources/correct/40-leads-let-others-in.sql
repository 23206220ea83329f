-- server: 16..
-- Who leads a team lets others into its group, and gets no more by that than they have.
CREATE ROLE leads;
GRANT order_users TO leads WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
GRANT leads TO "alice@example.com" WITH INHERIT TRUE, SET FALSE;
-- leak as alice@example.com
GRANT order_users TO "alice@example.com"; SELECT item FROM shop.orders WHERE item = 'secret';
