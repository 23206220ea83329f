package dev.onbehalf.sample;

import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

@Table(schema = "shop", name = "item")
record JdbcItem(@Id @Nullable Long id, String name) {}
