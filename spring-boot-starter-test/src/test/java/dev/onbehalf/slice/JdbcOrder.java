package dev.onbehalf.slice;

import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

@Table("orders")
record JdbcOrder(@Id @Nullable Long id, String item) {}
