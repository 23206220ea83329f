--liquibase formatted sql
--changeset shop:1
CREATE TABLE liquibase_made (id int);
