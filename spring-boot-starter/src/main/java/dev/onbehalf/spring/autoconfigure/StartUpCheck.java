package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.OnBehalfDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * Finds out at the start whether the workspace has the endpoint, takes the client and means the
 * same host, and not at somebody's first query. The start does not wait for it, nor fail with it:
 * open connections, and logins with a credential that is at hand, need no workspace.
 */
final class StartUpCheck implements ApplicationListener<ApplicationReadyEvent> {
  private static final Logger log = LoggerFactory.getLogger(StartUpCheck.class);

  private final OnBehalfDatabase database;

  StartUpCheck(OnBehalfDatabase database) {
    this.database = database;
  }

  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    Thread thread = new Thread(this::check, "onbehalf-start-up-check");
    thread.setDaemon(true);
    thread.start();
  }

  private void check() {
    try {
      database.checkServicePrincipal();
      database.checkHost();
    } catch (IssuerUnavailableException e) { // told in full where it was met
      log.debug("The service principal has no credential", e);
    } catch (RuntimeException e) { // the application may have ended meanwhile
      log.debug("The start-up check came to no end", e);
    }
  }
}
