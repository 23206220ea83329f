package dev.onbehalf.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import org.junit.jupiter.api.Test;

/** Row-Level Security does not hold the service principal back: who acts as it is known by name. */
class ArchitectureTest {
  @Test
  void onlyWhoAdmitsAPersonActsAsTheServicePrincipal() {
    assertThat(
            new ClassFileImporter()
                    .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.onbehalf.spring.test")
                    .stream()
                    .flatMap(it -> it.getMethodCallsFromSelf().stream())
                    .filter(call -> call.getTarget().getName().contains("ervicePrincipal"))
                    .filter(
                        call ->
                            !call.getTarget().getOwner().getSimpleName().equals("LakebaseLocal"))
                    .map(call -> call.getOriginOwner().getSimpleName()))
        .containsExactlyInAnyOrder(
            "WithUserListener", "RowSecurityTester"); // each to admit whoever is named
  }
}
