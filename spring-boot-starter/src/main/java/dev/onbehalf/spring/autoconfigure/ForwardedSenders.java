package dev.onbehalf.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.web.filter.ForwardedHeaderFilter;

/**
 * Finds what makes a request's sender be read from its headers. There whoever comes past the proxy
 * says that they are the proxy, and {@link dev.onbehalf.identity.TrustedProxyVerifier} would
 * believe it.
 *
 * <p>Decides as Boot's own customizers of Tomcat and Jetty do ({@code
 * TomcatWebServerFactoryCustomizer.customizeRemoteIpValve}). What an application does to its server
 * in code, and a server that it is deployed to, are not seen here.
 */
final class ForwardedSenders {
  private static final String STRATEGY = "server.forward-headers-strategy";
  private static final String SET_NONE = "Set " + STRATEGY + "=none";

  /** Tomcat's valve is there as soon as one of these is set, whatever the strategy. */
  private static final List<String> VALVE =
      List.of("server.tomcat.remoteip.remote-ip-header", "server.tomcat.remoteip.protocol-header");

  private final Environment environment;
  private final ListableBeanFactory beans;

  ForwardedSenders(Environment environment, ListableBeanFactory beans) {
    this.environment = environment;
    this.beans = beans;
  }

  /** One sentence for each, with what to do; none where the sender is the connection's peer. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    String strategy = property(STRATEGY);
    CloudPlatform platform = CloudPlatform.getActive(environment);
    if (strategy != null && !strategy.equalsIgnoreCase("none")) {
      problems.add(problem("%s is \"%s\"".formatted(STRATEGY, strategy), SET_NONE));
    } else if (strategy == null && platform != null && platform.isUsingForwardHeaders()) {
      problems.add(
          problem("%s is not set, and the platform is %s".formatted(STRATEGY, platform), SET_NONE));
    }
    for (String name : VALVE) {
      if (property(name) != null) {
        problems.add(problem(name + " is set", "Remove it"));
      }
    }
    if (!"framework".equalsIgnoreCase(strategy)) { // else the filter is Boot's, and is told already
      for (String name : filters()) {
        problems.add(
            problem("The bean \"%s\" is a ForwardedHeaderFilter".formatted(name), "Remove it"));
      }
    }
    return problems;
  }

  private static String problem(String cause, String remedy) {
    return "%s, so a request's sender is read from its headers, and with the verifier trusted-proxy anybody could say that they are the proxy. %s"
        .formatted(cause, remedy);
  }

  private @Nullable String property(String name) {
    String value = Binder.get(environment).bind(name, String.class).orElse(null);
    return StringUtils.hasText(value) ? value : null;
  }

  /** By their declared types: making one now could need what is being made. */
  private List<String> filters() {
    List<String> names = new ArrayList<>();
    for (ResolvableType type :
        List.of(
            ResolvableType.forClass(ForwardedHeaderFilter.class),
            ResolvableType.forClassWithGenerics(
                FilterRegistrationBean.class, ForwardedHeaderFilter.class))) {
      names.addAll(
          List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type, true, false)));
    }
    return names;
  }
}
