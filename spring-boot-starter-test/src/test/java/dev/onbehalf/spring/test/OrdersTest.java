package dev.onbehalf.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.spring.test.OrdersApplication.Orders;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.transaction.annotation.Transactional;

/** The example of docs/testing.md. */
@SuppressWarnings("NullAway.Init")
@SpringBootTest(properties = "onbehalf.group=order_users")
@AutoConfigureMockMvc
class OrdersTest {
  @Autowired Orders orders;

  @Test
  @Transactional
  @WithUser("alice@example.com")
  void alicesOrderIsHers() {
    orders.place("tea");
    assertThat(orders.items()).containsExactly("tea");
  }

  @Test
  @WithUser("bob@example.com")
  void bobSeesNothingOfIt(@Autowired MockMvc mvc) throws Exception {
    mvc.perform(get("/orders")).andExpect(status().isOk()).andExpect(content().json("[]"));
  }

  @Test
  void nobodySeesAnything() {
    assertThatThrownBy(() -> orders.items()).hasRootCauseInstanceOf(NobodyBoundException.class);
  }
}
