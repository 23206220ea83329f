package dev.onbehalf.lakebaselocal.internal.workspace;

import java.util.Locale;

/** A fault that can be ordered over HTTP, by its name in lower case with hyphens. */
public enum FaultKind {
  EXPIRE_ACCESS_TOKENS,
  EXPIRE_DATABASE_CREDENTIALS,
  REFUSE_ACCESS_TOKENS,
  REFUSE_DATABASE_CREDENTIALS,
  FAIL_WORKSPACE,
  DELAY_WORKSPACE,
  DELAY_LOGINS,
  REFUSE_LOGINS,
  CUT_CONNECTIONS,
  STOP_DATABASE,
  START_DATABASE,
  SUSPEND_DATABASE;

  /** As requests name it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
