package dev.onbehalf.playground;

import dev.onbehalf.rowsecurity.Report;
import dev.onbehalf.spring.OnBehalf;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Answers "why does this person see this row?" and "does Row-Level Security hold?". */
@RestController
@RequestMapping("/api/lakebase-examples/raw")
class RowDoctorController {
  private final OnBehalf onBehalf;
  private final RowDoctor doctor;
  private final Optional<PlantedMistake> mistake;

  RowDoctorController(OnBehalf onBehalf, RowDoctor doctor, Optional<PlantedMistake> mistake) {
    this.onBehalf = onBehalf;
    this.doctor = doctor;
    this.mistake = mistake;
  }

  @GetMapping("/products/{id}/why")
  ResponseEntity<String> why(@PathVariable UUID id, @RequestParam String person)
      throws SQLException {
    return ResponseEntity.ok()
        .header("Cache-Control", "no-store")
        .contentType(MediaType.APPLICATION_JSON)
        .body(doctor.explain(signedIn(), person, id).json());
  }

  @GetMapping("/doctor")
  ResponseEntity<Diagnosis> examine() throws SQLException {
    Report report = doctor.examine(signedIn());
    boolean planted = mistake.isPresent() && mistake.get().isPlanted();
    return ResponseEntity.ok()
        .header("Cache-Control", "no-store")
        .body(new Diagnosis(signedIn(), report, mistake.isPresent() ? planted : null));
  }

  private String signedIn() {
    return onBehalf.currentUser().orElseThrow();
  }

  /**
   * A report, and for whom.
   *
   * @param planted whether the mistake is there; null where none can be planted
   */
  record Diagnosis(String user, Report report, @Nullable Boolean planted) {}
}
