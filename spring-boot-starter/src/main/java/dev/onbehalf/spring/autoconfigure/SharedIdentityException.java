package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.Destinations.Destination;
import org.jspecify.annotations.Nullable;

/** People's queries would not run as the people, so the application does not start. */
final class SharedIdentityException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final String bean;

  SharedIdentityException(
      String bean, Class<?> type, Destination destination, @Nullable String definedIn) {
    super(
        """
        Every person's queries would run as somebody else: the bean '%s'%s is the %s that code gets which asks \
        for one without a qualifier, or by its usual name, and %s.\
        """
            .formatted(
                bean,
                definedIn == null ? "" : ", defined in " + definedIn + ",",
                type.getSimpleName(),
                destination == Destination.WHOEVER_WAS_FIRST
                    ? "it pools connections of the people: one person would get the connection that"
                        + " another has opened"
                    : "it leads into this application's Lakebase as one and the same role for"
                        + " everybody, that of the service principal or another"));
    this.bean = bean;
  }

  String bean() {
    return bean;
  }
}
