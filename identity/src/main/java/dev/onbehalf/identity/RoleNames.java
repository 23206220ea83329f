package dev.onbehalf.identity;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier.Proof;

/**
 * Which PostgreSQL role a proved person logs in as, where roles are named otherwise than by
 * address.
 *
 * <pre>{@code
 * RoleNames names = RoleNames.ofClaim("db_role");              // which an administrator sets
 * RoleNames shorter = RoleNames.ofAddress().inLowerCase().withoutDomain("example.com");
 * settings.roleNames(shorter);                            // Alice@Example.com logs in as alice
 * }</pre>
 *
 * <p>Two people never become one role: {@link OnBehalfDatabase} remembers whose each role is, and
 * where a second person's name makes the same one, it lets neither of them in until it is closed.
 * People are two when their addresses differ in a letter or its case, unless the proof gives both
 * the same {@code sub}. It remembers some 200 bytes a person, as long as it is open; instances
 * don't know of each other, so the rule itself should be one to one for all that the issuer can
 * name.
 *
 * <p>People's roles share their names with those of programs: {@code withoutDomain} turns {@code
 * backup@example.com} into {@code backup}. Thread-safe; asked once for each proof.
 */
@FunctionalInterface
public interface RoleNames {
  /**
   * The role of whom {@code proof} names.
   *
   * @throws IdentityException with {@link Reason#NOT_PERMITTED} for whom there is none
   */
  String of(Proof proof);

  /** The address, as the proof spells it: what holds where nothing else is said. */
  static RoleNames ofAddress() {
    return Proof::user;
  }

  /**
   * What another claim of the token, or of the userinfo answer, says. Take one that people can't
   * choose for themselves; {@code email} counts only where {@code email_verified} is true.
   *
   * @throws IllegalArgumentException if it is empty
   */
  static RoleNames ofClaim(String claim) {
    if (claim.isBlank()) {
      throw new IllegalArgumentException("The claim that names the role may not be empty");
    }
    return proof -> {
      if (!JwtRules.isVerified(claim, proof.claims())) {
        throw new IdentityException(
            Reason.NOT_PERMITTED,
            "The claim email, which names the role, is not said to be verified (email_verified).");
      }
      if (!(proof.claims().get(claim) instanceof String role)) {
        throw new IdentityException(
            Reason.NOT_PERMITTED,
            "The proof of the access token has no claim %s, which names the role. Whoever runs the identity provider can add it."
                .formatted(claim));
      }
      return role;
    };
  }

  /** The same in lower case, of ASCII letters; others stay, for some have two small forms. */
  default RoleNames inLowerCase() {
    return proof -> ProvedIdentities.inSmallAscii(of(proof));
  }

  /**
   * The same without {@code @} and this domain, to the letter, and nobody of another one.
   *
   * @param domain such as {@code example.com}
   * @throws IllegalArgumentException if it is empty or has an {@code @}
   */
  default RoleNames withoutDomain(String domain) {
    if (domain.isBlank() || domain.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "\"%s\" is no domain; it comes without the @, as in example.com".formatted(domain));
    }
    String ending = "@" + domain;
    return proof -> {
      String name = of(proof);
      int local = name.length() - ending.length();
      if (local < 1 || !name.endsWith(ending) || name.indexOf('@') != local) {
        throw new IdentityException(
            Reason.NOT_PERMITTED,
            "%s is no address of %s, and nobody else has a role here.".formatted(name, domain));
      }
      return name.substring(0, local);
    };
  }
}
