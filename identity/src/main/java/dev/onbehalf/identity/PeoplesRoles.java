package dev.onbehalf.identity;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.internal.FailurePlace;
import dev.onbehalf.identity.internal.RepeatedWarning;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose each role is.
 *
 * <pre>
 *   nobody's ── somebody's name makes it ──> theirs ── another's name makes it ──> nobody's, for good
 * </pre>
 *
 * <p>For good, because which of the two the role was made for is not known here; who comes first is
 * no answer. The steps are taken within the map's {@code compute}. Where roles are named by
 * address, two people have two already, and nothing is remembered. Thread-safe.
 */
final class PeoplesRoles {
  private static final Logger log = LoggerFactory.getLogger(PeoplesRoles.class);
  private static final RepeatedWarning failed = RepeatedWarning.of(PeoplesRoles.class);

  private final @Nullable RoleNames names;
  private final Consumer<String> shut;
  private final ConcurrentHashMap<String, Person> people = new ConcurrentHashMap<>();

  /**
   * @param names null where roles are named by address
   * @param shut told, once, of a role that two people's names make, whoever has it
   */
  PeoplesRoles(@Nullable RoleNames names, Consumer<String> shut) {
    this.names = names;
    this.shut = shut;
  }

  /**
   * @param address the latest that is theirs
   * @param subject what tells people apart whose addresses an issuer changed; null if unknown
   * @param other whose name made the same role, null as long as nobody's did
   */
  private record Person(String address, @Nullable String subject, @Nullable String other) {
    boolean is(Proof proof) {
      return address.equals(proof.user()) || (subject != null && subject.equals(subjectOf(proof)));
    }
  }

  /**
   * The role of whom {@code proof} names.
   *
   * @throws IdentityException if there is none
   */
  String of(Proof proof) {
    if (names == null) {
      return proof.user();
    }
    String role = named(names, proof);
    AtomicBoolean first = new AtomicBoolean();
    Person owner = people.compute(role, (name, person) -> next(person, proof, first));
    if (owner.other() == null) {
      return role;
    }
    if (first.get()) {
      log.warn(
          "The names of two people, {} and {}, make one role, {}: neither is let in until each"
              + " instance has been started again",
          owner.address(),
          owner.other(),
          role);
      shut.accept(role);
    }
    throw new IdentityException(
        Reason.NOT_PERMITTED,
        "The names of two people make the same role, so it is nobody's. Whoever runs the application finds both in its log.");
  }

  /**
   * @param contested set where this is the moment at which a second person comes
   */
  private static Person next(@Nullable Person person, Proof proof, AtomicBoolean contested) {
    if (person == null) {
      return new Person(proof.user(), subjectOf(proof), null);
    }
    if (person.other() != null) {
      return person;
    }
    if (person.is(proof)) {
      return person.address().equals(proof.user())
          ? person
          : new Person(proof.user(), person.subject(), null);
    }
    contested.set(true);
    return new Person(person.address(), person.subject(), proof.user());
  }

  private static @Nullable String subjectOf(Proof proof) {
    return proof.claims().get("sub") instanceof String sub && !sub.isBlank() ? sub : null;
  }

  private static String named(RoleNames names, Proof proof) {
    String role = asked(names, proof);
    try {
      ForwardedIdentity.checkAddress("The role", role);
      return RoleSetup.role(role);
    } catch (IdentityException | IllegalArgumentException e) {
      throw new IdentityException(
          Reason.NOT_PERMITTED,
          "The name of %s makes no role: %s".formatted(proof.user(), e.getMessage()));
    }
  }

  /** What names can't cope with has no role, and their words may be anything. */
  private static String asked(RoleNames names, Proof proof) {
    try {
      return Objects.requireNonNull(names.of(proof));
    } catch (IdentityException | IssuerUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      failed.log("A role could not be named: {} at {}", e.getClass().getName(), FailurePlace.of(e));
      throw new IdentityException(
          Reason.NOT_PERMITTED,
          "Which role is yours could not be found out. Whoever runs the application has to look at its log.");
    }
  }

  /** The address of whom {@code role} is, as far as is known; else the role itself. */
  String addressOf(String role) {
    Person person = people.get(role);
    return person == null ? role : person.address();
  }
}
