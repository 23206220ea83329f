package dev.onbehalf.lakebaselocal.internal.workspace;

import java.util.List;

/** People who come and go while the workspace runs. */
public interface PeopleDesk {

  /** Those with a role. */
  List<String> users();

  List<String> peopleWithoutRole();

  /**
   * Adds a person with a role of the same name.
   *
   * @throws IllegalArgumentException if the name breaks its rule, or is somebody's
   * @throws IllegalStateException if the database does not create the role
   */
  void addUser(String email);

  /**
   * Adds a person without a role.
   *
   * @throws IllegalArgumentException if the name breaks its rule, or is somebody's
   */
  void addPersonWithoutRole(String email);

  /** Forgets a person; their role stays, with what it owns. Whether there was such a person. */
  boolean remove(String email);
}
