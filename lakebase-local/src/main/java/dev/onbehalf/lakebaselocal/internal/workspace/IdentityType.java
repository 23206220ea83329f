package dev.onbehalf.lakebaselocal.internal.workspace;

/** A kind of identity, named as the platform names it. */
enum IdentityType {
  USER,
  SERVICE_PRINCIPAL
}
