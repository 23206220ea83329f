--liquibase formatted sql

--changeset shop:parcel
CREATE TABLE parcel (id bigint PRIMARY KEY);
