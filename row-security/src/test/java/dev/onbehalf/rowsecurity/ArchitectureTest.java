package dev.onbehalf.rowsecurity;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import org.junit.jupiter.api.Test;

/** Who may know whom: a rule knows the catalogs and conditions, and nothing else knows a rule. */
final class ArchitectureTest {
  private static final String ROOT = "dev.onbehalf.rowsecurity";

  @Test
  void each_package_knows_only_those_below_it() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .ensureAllClassesAreContainedInArchitectureIgnoring(ROOT)
        .layer("program")
        .definedBy(ROOT + ".program")
        .layer("rules")
        .definedBy(ROOT + ".rules")
        .layer("explain")
        .definedBy(ROOT + ".explain")
        .layer("catalog")
        .definedBy(ROOT + ".internal.catalog")
        .layer("expression")
        .definedBy(ROOT + ".internal.expression")
        .whereLayer("program")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("rules")
        .mayOnlyAccessLayers("catalog", "expression")
        .whereLayer("explain")
        .mayOnlyAccessLayers("catalog")
        .whereLayer("catalog")
        .mayOnlyAccessLayers("expression")
        .whereLayer("expression")
        .mayNotAccessAnyLayer()
        .check(
            new ClassFileImporter()
                .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(ROOT));
  }
}
