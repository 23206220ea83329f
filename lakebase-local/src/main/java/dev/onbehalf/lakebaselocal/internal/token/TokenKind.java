package dev.onbehalf.lakebaselocal.internal.token;

import com.nimbusds.jose.JOSEObjectType;

/**
 * The two kinds of token. One is never accepted for the other: the type in the header and the
 * audience differ, and both are checked (RFC 8725, sections 3.9 and 3.11).
 */
public enum TokenKind {
  /** Speaks for an identity at the workspace. */
  ACCESS("JWT", TokenAuthority.WORKSPACE_ID),

  /** Opens connections, as a password. */
  DATABASE_CREDENTIAL("database-credential+jwt", TokenAuthority.WORKSPACE_ID + ":database");

  private final String type;
  private final String audience;

  TokenKind(String type, String audience) {
    this.type = type;
    this.audience = audience;
  }

  JOSEObjectType type() {
    return new JOSEObjectType(type);
  }

  String audience() {
    return audience;
  }
}
