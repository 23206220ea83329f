package com.example.shop;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.servlet.ExemptPaths;
import dev.onbehalf.servlet.OnBehalfFilter;
import dev.onbehalf.servlet.RawHttp;
import dev.onbehalf.servlet.RawHttp.Answer;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.TestApplication;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.config.annotation.web.http.EnableSpringHttpSession;
import org.springframework.session.web.http.DefaultCookieSerializer;
import org.springframework.session.web.http.SessionRepositoryFilter;

/** A session id that another person, or nobody, comes with leads to nothing of its owner's. */
class OwnSessionTest {
  private static final String NONE = "no session, false null";

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class Sessions {
    private final Class<?> application;
    private final String[] properties;
    private TestApplication shop;

    Sessions(Class<?> application, String... properties) {
      this.application = application;
      this.properties = properties;
    }

    @BeforeAll
    void open() {
      shop =
          new TestApplication(
              application,
              Stream.concat(
                      Stream.of("onbehalf.identity.exempt-paths=/open/**"), Stream.of(properties))
                  .toArray(String[]::new));
    }

    @AfterAll
    void close() {
      shop.close();
    }

    private Answer as(String person, String methodAndPath, String... headers) {
      return RawHttp.send(
          shop.port(),
          methodAndPath,
          "X-Forwarded-Email: %s\r\nX-Forwarded-Access-Token: %s\r\n%s"
              .formatted(person, token(person), String.join("", headers)));
    }

    private Answer asNobody(String methodAndPath, String... headers) {
      return RawHttp.send(shop.port(), methodAndPath, String.join("", headers));
    }

    private String session(Answer answer) {
      assertThat(answer.header("Set-Cookie")).as(answer.text()).contains("SESSION");
      return "Cookie: " + answer.header("Set-Cookie").split(";", 2)[0] + "\r\n";
    }

    @Test
    void itsOwnerAloneMeetsWhatIsInIt() {
      String cookie = session(as(ALICE, "POST /cart?item=apple"));
      assertThat(as(ALICE, "GET /cart", cookie).text()).endsWith("cart apple");
      assertThat(as(BOB, "GET /cart", cookie).text()).endsWith(NONE);
      assertThat(asNobody("GET /open/cart", cookie).text()).endsWith(NONE);
      assertThat(as(ALICE, "GET /cart", cookie).text()).endsWith("cart apple");
    }

    @Test
    void whoNeedsOneGetsANewOneAndTheOthersEnds() {
      String cookie = session(as(ALICE, "POST /cart?item=apple"));
      String bobs = session(as(BOB, "POST /cart?item=pear", cookie));
      assertThat(bobs).isNotEqualTo(cookie);
      assertThat(as(BOB, "GET /cart", bobs).text()).endsWith("cart pear");
      assertThat(as(ALICE, "GET /cart", bobs).text()).endsWith(NONE);
      assertThat(as(BOB, "GET /cart", cookie).text()).endsWith("no session, false " + id(cookie));
    }

    private String id(String cookie) {
      return cookie.substring(cookie.indexOf('=') + 1).strip();
    }

    @Test
    void oneThatNobodyMadeIsPlantedOnNobody() {
      String cookie = session(asNobody("POST /open/cart?item=planted"));
      assertThat(asNobody("GET /open/cart", cookie).text()).endsWith("cart planted");
      assertThat(as(ALICE, "GET /cart", cookie).text()).endsWith(NONE);
      String alices = session(as(ALICE, "POST /cart?item=apple", cookie));
      assertThat(alices).isNotEqualTo(cookie);
      assertThat(asNobody("GET /open/cart", alices).text()).endsWith(NONE);
    }

    /** Whose it is went with all the rest: what is put into it then is nobody's to find. */
    @Test
    void oneThatTheApplicationHasEmptiedIsMetByNobodyAgain() {
      String cookie = session(as(ALICE, "POST /cart?item=apple"));
      assertThat(as(ALICE, "POST /cart/clear", cookie).text()).endsWith("cleared");
      assertThat(as(BOB, "GET /cart", cookie).text()).endsWith(NONE);
      assertThat(asNobody("GET /open/cart", cookie).text()).endsWith(NONE);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"async", "async-given", "async-twice", "async-forward", "forward", "include"})
    void eachDispatchMeetsItsPersonsAlone(String way) {
      String cookie = session(as(ALICE, "POST /cart?item=apple"));
      String dispatched = "/cart/by/" + way;
      assertThat(as(ALICE, "GET " + dispatched, cookie).text()).endsWith("cart apple");
      assertThat(as(BOB, "GET " + dispatched, cookie).text()).endsWith(NONE);
      assertThat(asNobody("GET /open" + dispatched, cookie).text()).endsWith(NONE);
      Answer pear = as(BOB, "GET " + dispatched + "?item=pear", cookie);
      assertThat(pear.text()).endsWith("cart pear");
      assertThat(as(BOB, "GET " + dispatched, session(pear)).text()).endsWith("cart pear");
      assertThat(as(ALICE, "GET " + dispatched, session(pear)).text()).endsWith(NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "async-error"})
    void anErrorPageShowsNobodyElses(String way) {
      String cookie = session(as(ALICE, "POST /cart?item=apple"));
      for (Answer others :
          List.of(
              as(BOB, "GET /cart/by/" + way, cookie),
              asNobody("GET /open/cart/by/" + way, cookie))) {
        assertThat(others.text()).startsWith("HTTP/1.1 4").doesNotContain("apple");
      }
    }

    @Test
    void anothersIdCanBeChangedByItsOwnerOnly() {
      String cookie = session(as(ALICE, "POST /cart?item=apple"));
      assertThat(as(BOB, "POST /cart/rename", cookie).status()).isEqualTo(500);
      assertThat(as(ALICE, "GET /cart", cookie).text()).endsWith("cart apple");
      String renamed = session(as(ALICE, "POST /cart/rename", cookie));
      assertThat(as(ALICE, "GET /cart", renamed).text()).endsWith("cart apple");
    }
  }

  @Nested
  class WithSpringSecurity extends Sessions {
    WithSpringSecurity() {
      super(SecuredShop.class);
    }
  }

  /** None of its chains is for these requests. */
  @Nested
  class WithoutSpringSecurity extends Sessions {
    WithoutSpringSecurity() {
      super(Shop.class);
    }
  }

  /** Its filter's order decides whether it stands in front of ours. */
  @Configuration(proxyBeanMethods = false)
  @EnableSpringHttpSession
  static class SpringSession {
    @Bean
    MapSessionRepository sessions() {
      return new MapSessionRepository(new ConcurrentHashMap<>());
    }

    @Bean
    DefaultCookieSerializer cookies() {
      DefaultCookieSerializer cookies = new DefaultCookieSerializer();
      cookies.setUseBase64Encoding(false);
      return cookies;
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import({SecuredShop.class, SpringSession.class})
  static class SecuredShopWithSpringSession {}

  @Configuration(proxyBeanMethods = false)
  @Import({Shop.class, SpringSession.class})
  static class ShopWithSpringSession {}

  @Nested
  class WithSpringSessionInFront extends Sessions {
    WithSpringSessionInFront() {
      super(ShopWithSpringSession.class);
    }
  }

  @Nested
  class WithSpringSessionBehind extends Sessions {
    WithSpringSessionBehind() {
      super(ShopWithSpringSession.class, "spring.session.servlet.filter-order=0");
    }
  }

  /** The door goes in front of Spring Security, and so of Spring Session. */
  @Nested
  class WithSpringSecurityRightBehindSpringSession extends Sessions {
    WithSpringSecurityRightBehindSpringSession() {
      super(
          SecuredShopWithSpringSession.class,
          "spring.security.filter.order=" + (SessionRepositoryFilter.DEFAULT_ORDER + 1));
    }
  }

  /** Among those of no order of their own, too. */
  @Nested
  class WithSpringSessionLast extends Sessions {
    WithSpringSessionLast() {
      super(
          ShopWithSpringSession.class, "spring.session.servlet.filter-order=" + Integer.MAX_VALUE);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(ShopWithSpringSession.class)
  static class ShopThatRegistersSpringSession {
    @Bean
    FilterRegistrationBean<SessionRepositoryFilter<?>> springSession(
        SessionRepositoryFilter<?> filter) {
      FilterRegistrationBean<SessionRepositoryFilter<?>> registration =
          new FilterRegistrationBean<>(filter);
      registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
      registration.setOrder(0);
      return registration;
    }
  }

  @Nested
  class WithSpringSessionRegisteredBehind extends Sessions {
    WithSpringSessionRegisteredBehind() {
      super(
          ShopThatRegistersSpringSession.class,
          TestApplication.WITHOUT_JPA
              + ",org.springframework.boot.session.autoconfigure.SessionAutoConfiguration");
    }
  }

  /** In front of Spring Session, which stays where it is. */
  @Configuration(proxyBeanMethods = false)
  @Import(ShopWithSpringSession.class)
  static class ShopWithTwoDoors {
    @Bean
    OnBehalfFilter outer(OnBehalf onBehalf, ExemptPaths exempt) {
      return onBehalf.filter().exemptPaths(exempt).build();
    }

    @Bean
    OnBehalfFilter inner(OnBehalf onBehalf, ExemptPaths exempt) {
      return onBehalf.filter().exemptPaths(exempt).build();
    }

    @Bean
    FilterRegistrationBean<OnBehalfFilter> onBehalfFilterRegistration(OnBehalfFilter outer) {
      return inFront(outer, 2);
    }

    @Bean
    FilterRegistrationBean<OnBehalfFilter> second(OnBehalfFilter inner) {
      return inFront(inner, 3);
    }

    private static FilterRegistrationBean<OnBehalfFilter> inFront(
        OnBehalfFilter filter, int place) {
      FilterRegistrationBean<OnBehalfFilter> registration = new FilterRegistrationBean<>(filter);
      registration.setDispatcherTypes(
          EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
      registration.setOrder(Ordered.HIGHEST_PRECEDENCE + place);
      return registration;
    }
  }

  @Nested
  class WithTwoDoorsInFrontOfSpringSession extends Sessions {
    WithTwoDoorsInFrontOfSpringSession() {
      super(ShopWithTwoDoors.class);
    }
  }
}
