package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The extension starts once for a class, injects what it started, and clears faults. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExtensionTest {

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder()
          .user("alice@example.com")
          .personWithoutRole("carol@example.com")
          .database("shop")
          .build();

  @Test
  @Order(1)
  void injectsTheRunningInstance(LakebaseLocal injected) {
    assertThat(injected).isSameAs(LAKEBASE.get());
    assertThat(injected.users()).containsExactly("alice@example.com");
    assertThat(injected.peopleWithoutRole()).containsExactly("carol@example.com");
    assertThat(injected.environment()).containsEntry("PGDATABASE", "shop");
  }

  @Test
  @Order(2)
  void canBeLeftWithFaultsByATest(LakebaseLocal lakebase) {
    lakebase.faults().refuseLogins("53300", "full");
    lakebase.faults().suspendDatabase(Duration.ofHours(1));
  }

  @Test
  @Order(3)
  void clearsTheFaultsOfTheTestBefore(LakebaseLocal lakebase) throws Exception {
    lakebase.superuser().getConnection().close();
  }

  @Nested
  class InANestedClass {

    @Test
    void isTheSameInstance(LakebaseLocal nested) {
      assertThat(nested).isSameAs(LAKEBASE.get());
    }
  }

  @Test
  void saysThatNothingRunsOutsideOfTests() {
    assertThatThrownBy(LakebaseLocalExtension.builder().build()::get)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("static field");
  }
}
