package dev.onbehalf.playground;

import dev.onbehalf.playground.local.OnLocalLakebase;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Lets the crowd come and go, and says what it does. */
@RestController
@RequestMapping("/local/crowd")
@Conditional(OnLocalLakebase.class)
class CrowdController {
  private final Crowd crowd;

  CrowdController(Crowd crowd) {
    this.crowd = crowd;
  }

  @GetMapping
  Crowd.Doing doing() {
    return crowd.doing();
  }

  @PostMapping("/start")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Crowd.Doing start() {
    if (!crowd.start()) {
      throw new ResponseStatusException(
          HttpStatus.CONFLICT, "There is a crowd already. It goes after a minute.");
    }
    return crowd.doing();
  }

  @PostMapping("/stop")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Crowd.Doing stop() {
    crowd.stop();
    return crowd.doing();
  }
}
