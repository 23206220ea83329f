package dev.onbehalf.lakebaselocal.internal.workspace;

/** What answers one method of one path. */
@FunctionalInterface
interface Endpoint {
  Answer answer(Request request) throws WorkspaceException;
}
