CREATE TABLE flyway_made (id int);
