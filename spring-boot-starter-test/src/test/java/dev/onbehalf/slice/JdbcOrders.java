package dev.onbehalf.slice;

import org.springframework.data.repository.ListCrudRepository;

interface JdbcOrders extends ListCrudRepository<JdbcOrder, Long> {}
