-- finding: policy-cuts-names shop.orders policy own
-- people: someone-with-a-very-long-name-of-the-sort-we-all-know@departmen
CREATE ROLE "someone-with-a-very-long-name-of-the-sort-we-all-know@departmen" LOGIN IN ROLE order_users;
INSERT INTO shop.orders (item, owner)
  VALUES ('secret', 'someone-with-a-very-long-name-of-the-sort-we-all-know@department.example.com');
ALTER POLICY own ON shop.orders USING (owner::name = current_user);
-- leak as someone-with-a-very-long-name-of-the-sort-we-all-know@departmen
SELECT item FROM shop.orders WHERE item = 'secret';
