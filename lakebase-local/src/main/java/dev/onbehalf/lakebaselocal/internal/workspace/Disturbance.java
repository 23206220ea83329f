package dev.onbehalf.lakebaselocal.internal.workspace;

/** Faults between the workspace and its clients; each method is asked for every request. */
public interface Disturbance {

  /** Returns if the API is up; may block. */
  void beforeAnswer() throws WorkspaceException, InterruptedException;

  /** Whether access tokens are refused, however good. */
  boolean refusesAccessTokens();
}
