package dev.onbehalf.rowsecurity.explain;

import org.jspecify.annotations.Nullable;

/**
 * What the server itself did with the statement.
 *
 * @param asked how
 * @param verdict null if it was not asked; no row found is HIDDEN, whether or not there is one
 * @param detail the server's words, or why it was not asked
 */
public record ServerAnswer(Asked asked, @Nullable Verdict verdict, String detail) {

  /** How the server was asked. */
  public enum Asked {
    /** On a connection that the person's own login opened. */
    OWN_CONNECTION("on their own connection"),
    /** On the asker's connection, as the person: settings of a real login may differ. */
    SET_ROLE("as them, by SET ROLE"),
    NOT_ASKED("not asked");

    final String words;

    Asked(String words) {
      this.words = words;
    }
  }

  static ServerAnswer notAsked(String why) {
    return new ServerAnswer(Asked.NOT_ASKED, null, why);
  }

  /** Whether it did what was explained; true also if it was not asked. */
  public boolean agreesWith(Verdict explained) {
    if (verdict == null || explained == Verdict.UNKNOWN) {
      return true;
    }
    return switch (explained) {
      case HIDDEN, NO_SUCH_ROW, NOT_SEEN -> verdict == Verdict.HIDDEN;
      default -> verdict == explained;
    };
  }
}
