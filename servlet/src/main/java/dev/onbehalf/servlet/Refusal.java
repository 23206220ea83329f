package dev.onbehalf.servlet;

import static dev.onbehalf.identity.RoleSetup.identifier;

import dev.onbehalf.identity.RoleSetup;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL refused with {@code insufficient_privilege} (42501), which it says of a dozen
 * different things. {@link RefusalReader} tells them apart.
 */
sealed interface Refusal {
  /**
   * Whose query it was.
   *
   * @param user null for the service principal
   * @param group the role through which people hold their rights, null if none is known
   */
  record Whose(@Nullable String user, @Nullable String group) {
    @Override
    public String toString() {
      return user == null ? "the service principal" : identifier(user);
    }
  }

  /** What would change it, if anything would; sentences, and SQL in lines of its own. */
  String remedy(Whose query);

  /** The same where it is not known whose query it was: a right is given to nobody then. */
  default String remedyForWhom() {
    return "Whether it should be allowed, and to whom, is for an administrator of the database to say.";
  }

  /** A privilege on an object, as {@code GRANT privilege ON object} gives it. */
  record Missing(String privilege, String object) implements Refusal {
    @Override
    public String remedy(Whose query) {
      String user = query.user();
      String group = query.group();
      if (user == null) {
        return "It is the service principal's own role that lacks the right.";
      }
      String grant =
          "If this should be allowed, ask an administrator of the database to run\nGRANT %s ON %s TO %s;"
              .formatted(privilege, object, identifier(group == null ? user : group));
      return group == null
          ? grant
          : grant
              + "\nand, unless %s is a member of it already,\n%s"
                  .formatted(identifier(user), RoleSetup.grantRole(group, user));
    }

    @Override
    public String remedyForWhom() {
      return "What is missing is %s on %s, for whoever ran this: a person, or the application itself. Whether they should have it is for an administrator of the database to say."
          .formatted(privilege, object);
    }
  }

  /** {@code SET ROLE} by somebody who is no member of the role. */
  record NoMember(String role) implements Refusal {
    @Override
    public String remedy(Whose query) {
      String who = query + " is no member of that role, which alone may SET ROLE to it.";
      return query.user() == null
          ? who
          : who
              + " If this should be allowed, ask an administrator of the database to run\nGRANT %s TO %s;"
                  .formatted(identifier(role), identifier(query.user()));
    }
  }

  /**
   * A policy of Row-Level Security did not let a row be written.
   *
   * @param table null where the sentence does not tell it from the policy
   * @param policy null where no single one refused it
   */
  record ByPolicy(@Nullable String table, @Nullable String policy) implements Refusal {
    @Override
    public String remedy(Whose query) {
      String whose = table == null ? "" : " of the table " + identifier(table);
      String which = policy == null ? "Row-Level Security" : "The policy " + identifier(policy);
      return which
          + whose
          + " does not let %s write that row. No GRANT changes that: only another row or another policy does."
              .formatted(query);
    }
  }

  /** {@code row_security} is off, so that what a policy would leave out is refused as a whole. */
  record SecurityOff() implements Refusal {
    @Override
    public String remedy(Whose query) {
      return "The session has row_security set to off, with which a query is refused that a policy would"
          + " filter. Leave it on; no GRANT changes that.";
    }
  }

  /** Only the object's owner may do that. */
  record NotOwner() implements Refusal {
    @Override
    public String remedy(Whose query) {
      return "No GRANT gives that. What only an owner may do belongs into a migration, which runs as the"
          + " service principal.";
    }
  }

  /** Only a superuser, or a role with a certain attribute or predefined role, may do that. */
  record NotAdministrator() implements Refusal {
    @Override
    public String remedy(Whose query) {
      return "That is for an administrator of the database to do.";
    }
  }

  /** Code in the database refused it itself, or it can't be told what did. */
  record Unexplained() implements Refusal {
    @Override
    public String remedy(Whose query) {
      return "Whether %s should be allowed that is for an administrator of the database to say."
          .formatted(query);
    }
  }
}
