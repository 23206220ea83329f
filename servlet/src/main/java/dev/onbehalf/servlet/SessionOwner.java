package dev.onbehalf.servlet;

import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

/**
 * Whose an HTTP session is, which it says itself from the moment it is made. One that doesn't was
 * made, or emptied, past this, and is nobody's to meet.
 *
 * <p>Where two filters, for two databases, prove two people behind one request, a session is both
 * of theirs. What the inner one owns, the outer one may claim; of what is nobody's within, nothing.
 */
final class SessionOwner {
  private static final String ATTRIBUTE = SessionOwner.class.getName();

  /** No address is empty. */
  private static final String NOBODY = "";

  private final String person;
  private final @Nullable SessionOwner inner;

  /** The attribute with which a session says whose it is. */
  private final String attribute;

  /**
   * @param person null for nobody
   */
  SessionOwner(@Nullable String person, @Nullable SessionOwner inner) {
    this.person = person == null ? NOBODY : person;
    this.inner = inner;
    attribute = inner == null ? ATTRIBUTE : inner.attribute + ".outer";
  }

  boolean owns(HttpSession session) {
    try {
      Object said = session.getAttribute(attribute);
      if (person.equals(said)) {
        return true;
      }
      if (inner == null || !inner.isPerson() || !inner.owns(session)) {
        return false;
      }
      if (said == null) {
        claim(session);
      }
      return said == null || !isPerson();
    } catch (IllegalStateException endedMeanwhile) {
      return false;
    }
  }

  private boolean isPerson() {
    return !person.equals(NOBODY);
  }

  /** Nobody claims nothing of what is a person's within. */
  void claim(HttpSession session) {
    if (isPerson() || inner == null || !inner.isPerson()) {
      session.setAttribute(attribute, person);
    }
  }
}
