package dev.onbehalf.lakebaselocal.internal.gateway;

/** Decides whether a role with this password may log in. */
@FunctionalInterface
public interface Doorkeeper {

  /** Returns if the role may; may block. */
  void admit(String role, String password) throws LoginRefusedException, InterruptedException;
}
