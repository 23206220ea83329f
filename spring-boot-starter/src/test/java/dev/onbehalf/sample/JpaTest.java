package dev.onbehalf.sample;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.TestApplication;
import dev.onbehalf.spring.WithoutSecurity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.jpa.AvailableHints;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Data JPA on Hibernate, with a session for each request ({@code open-in-view}). */
class JpaTest extends Sample {
  JpaTest() {
    super(Application.class, TestApplication.WITH_JPA);
  }

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  @Import({ItemsController.class, OpenInView.class})
  static class Application {
    @Bean
    Items items(JpaItemRepository repository, EntityManager entities) {
      return new JpaItems(repository, entities);
    }
  }

  record JpaItems(JpaItemRepository repository, EntityManager entities) implements Items {
    @Override
    public String user() {
      return (String) entities.createNativeQuery(CURRENT_USER, String.class).getSingleResult();
    }

    @Override
    public List<String> names() {
      return repository.findAllByOrderByName().stream().map(JpaItem::name).toList();
    }

    @Override
    public void add(String name) {
      repository.saveAndFlush(new JpaItem(name));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T many(Function<Stream<String>, T> reader) {
      Query query =
          entities
              .createNativeQuery(MANY, String.class)
              .setHint(AvailableHints.HINT_FETCH_SIZE, FETCH_SIZE);
      try (Stream<String> rows = query.getResultStream()) {
        return reader.apply(rows);
      }
    }
  }

  /** What the session of a request is to its person. */
  @RestController
  static class OpenInView {
    private final JpaItemRepository items;
    private final OnBehalf onBehalf;
    private final OnBehalfDatabase lakebase;

    OpenInView(JpaItemRepository items, OnBehalf onBehalf, OnBehalfDatabase lakebase) {
      this.items = items;
      this.onBehalf = onBehalf;
      this.lakebase = lakebase;
    }

    @GetMapping("/tags")
    String tags() {
      List<JpaItem> found = items.findAllByOrderByName(); // its transaction is over
      return String.join(
          "\n", found.stream().flatMap(item -> item.tags.stream()).map(JpaTag::label).toList());
    }

    @GetMapping("/connections")
    String connections() {
      int before = lakebase.statistics().inUse();
      items.count();
      return before + " " + lakebase.statistics().inUse();
    }

    /** The application asks first, so that a session which both use would be its own. */
    @GetMapping("/counts")
    String counts() {
      long all = onBehalf.asServicePrincipal(() -> items.count());
      long own = items.count();
      return all + " " + own + " " + onBehalf.asServicePrincipal(() -> items.count());
    }

    /** What is in the person's session is not the application's answer, nor the reverse. */
    @GetMapping("/found")
    String found() {
      boolean all = onBehalf.asServicePrincipal(() -> items.findById(-2L).isPresent());
      return all + " " + items.findById(-2L).isPresent();
    }
  }

  @Test
  void whatIsLoadedLaterInARequestIsThePersonsToo() {
    assertThat(get(ALICE, "/tags").lines()).containsExactly("for alice", "for all");
    assertThat(get(BOB, "/tags").lines()).containsExactly("for bob", "for all");
  }

  @Test
  void openInViewKeepsOneConnectionFromTheFirstQueryOn() {
    assertThat(get(ALICE, "/connections")).isEqualTo("0 1");
  }

  @Test
  void theSessionOfARequestIsSetAsideWhileTheApplicationWorksAsItself() {
    assertThat(get(ALICE, "/counts")).isEqualTo("3 2 3");
    assertThat(get(ALICE, "/found")).isEqualTo("true false");
  }
}
