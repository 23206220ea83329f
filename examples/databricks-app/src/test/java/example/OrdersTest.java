package example;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.onbehalf.spring.test.WithUser;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;

@SpringBootTest
@AutoConfigureMockMvc
class OrdersTest {
  @Autowired MockMvc mvc;

  @Test
  @WithUser("alice@example.com")
  void whoIsNewHasNone() throws Exception {
    mvc.perform(get("/")).andExpect(status().isOk()).andExpect(content().json("[]"));
  }

  @Test
  void nobodyIsRefused() throws Exception {
    mvc.perform(get("/")).andExpect(status().isUnauthorized());
  }
}
