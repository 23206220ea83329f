package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.postgres.DatabaseSetup;
import dev.onbehalf.lakebaselocal.internal.workspace.Directory;
import dev.onbehalf.lakebaselocal.internal.workspace.PeopleDesk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Who is who: in the workspace's directory, among PostgreSQL's roles and in what is kept. Changes
 * come one at a time; reading takes no lock.
 */
final class People implements PeopleDesk {
  private final List<String> users;
  private final List<String> peopleWithoutRole;
  private final Directory directory;
  private final LocalSettings settings;
  private final Home home;
  private final Supplier<DataSource> superuser;
  private final Consumer<String> disconnect;

  /**
   * @param disconnect ends the connections of a role
   */
  People(
      Home home,
      LocalSettings settings,
      Supplier<DataSource> superuser,
      Consumer<String> disconnect) {
    this.home = home;
    this.settings = settings;
    this.superuser = superuser;
    this.disconnect = disconnect;
    Kept kept = home.kept();
    users = new CopyOnWriteArrayList<>(kept.users());
    peopleWithoutRole = new CopyOnWriteArrayList<>(kept.peopleWithoutRole());
    List<String> all = new ArrayList<>(users);
    all.addAll(peopleWithoutRole);
    directory = new Directory(all, kept.servicePrincipal());
  }

  Directory directory() {
    return directory;
  }

  @Override
  public List<String> users() {
    return List.copyOf(users);
  }

  @Override
  public List<String> peopleWithoutRole() {
    return List.copyOf(peopleWithoutRole);
  }

  /** Throws as {@link LakebaseLocal#addUser} says. */
  @Override
  public synchronized void addUser(String email) {
    enter(email);
    try (Connection connection = superuser.get().getConnection()) {
      DatabaseSetup.addUser(connection, email);
      if (settings.group() != null) {
        DatabaseSetup.grant(connection, settings.group(), List.of(email));
      }
    } catch (SQLException e) {
      directory.remove(email);
      throw new IllegalStateException(
          "The role \"%s\" was not created: %s".formatted(email, e.getMessage()), e);
    }
    users.add(email);
    keep();
  }

  @Override
  public synchronized void addPersonWithoutRole(String email) {
    enter(email);
    peopleWithoutRole.add(email);
    keep();
  }

  private void enter(String email) {
    LocalSettings.requireRole(email);
    if (settings.passwordRoles().containsKey(email)
        || email.equals(settings.group())
        || !directory.add(email)) {
      throw new IllegalArgumentException("The name \"" + email + "\" is used already");
    }
  }

  @Override
  public synchronized boolean remove(String email) {
    if (!directory.hasPerson(email)) {
      return false;
    }
    directory.remove(email);
    users.remove(email);
    peopleWithoutRole.remove(email);
    keep();
    disconnect.accept(email);
    return true;
  }

  private void keep() {
    try {
      home.keepPeople(users, peopleWithoutRole);
    } catch (IOException e) {
      throw new UncheckedIOException("Keeping who the people are failed: " + e.getMessage(), e);
    }
  }
}
