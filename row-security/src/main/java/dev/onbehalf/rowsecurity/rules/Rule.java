package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;

/**
 * One thing that can be wrong. How to add one is told in this module's README.
 *
 * <p>Stateless. What it may call is the {@link Catalog}; it asks the server nothing.
 */
public interface Rule {
  /** Stable over versions: people's baselines name it. */
  String id();

  /** The page of PostgreSQL's manual that says so, such as {@code ddl-rowsecurity.html}. */
  String manual();

  /** Asks the catalogs, and says what it found. */
  void examine(Catalog catalog, Findings.Of findings);
}
