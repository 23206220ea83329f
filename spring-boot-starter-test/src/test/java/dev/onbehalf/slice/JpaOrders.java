package dev.onbehalf.slice;

import org.springframework.data.jpa.repository.JpaRepository;

interface JpaOrders extends JpaRepository<JpaOrder, Long> {}
