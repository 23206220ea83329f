package dev.onbehalf.playground;

import static dev.onbehalf.playground.MyProducts.explained;

import dev.onbehalf.playground.RawProducts.View;
import dev.onbehalf.playground.local.OnLocalLakebase;
import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.spring.OnBehalf;
import java.sql.SQLException;
import java.util.List;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Plants the mistake, shows it leak, and mends it as the doctor says. */
@RestController
@RequestMapping("/local/doctor")
@Conditional(OnLocalLakebase.class)
class PlantedMistakeController {
  private final OnBehalf onBehalf;
  private final RowDoctor doctor;
  private final PlantedMistake mistake;

  PlantedMistakeController(OnBehalf onBehalf, RowDoctor doctor, PlantedMistake mistake) {
    this.onBehalf = onBehalf;
    this.doctor = doctor;
    this.mistake = mistake;
  }

  @PostMapping("/plant")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void plant() throws SQLException {
    mistake.plant();
  }

  /** POST, as all that is local: it belongs to no view that a browser may keep. */
  @PostMapping("/read")
  ResponseEntity<MyProducts> read() throws SQLException {
    if (!mistake.isPlanted()) {
      throw new ResponseStatusException(HttpStatus.CONFLICT, "There is no mistake; plant it.");
    }
    View view = mistake.read();
    return explained(PlantedMistake.SELECT, view.databaseUser())
        .body(new MyProducts(signedIn(), view.products()));
  }

  /** Runs the finding's own SQL, and nothing that a client sends. */
  @PostMapping("/mend")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void mend() throws SQLException {
    List<Finding> found =
        doctor.examine(signedIn()).findings().stream().filter(PlantedMistake::isSubjectOf).toList();
    if (found.isEmpty()) {
      throw new ResponseStatusException(
          HttpStatus.CONFLICT, "The doctor finds no mistake that was planted.");
    }
    for (Finding finding : found) {
      mistake.mend(finding);
    }
  }

  @PostMapping("/remove")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove() throws SQLException {
    mistake.remove();
  }

  private String signedIn() {
    return onBehalf.currentUser().orElseThrow();
  }
}
