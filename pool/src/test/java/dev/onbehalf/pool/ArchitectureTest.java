package dev.onbehalf.pool;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import org.junit.jupiter.api.Test;

/** Who may know whom in the pool. */
class ArchitectureTest {
  private static final String INSIDE = "dev.onbehalf.pool.internal";
  private static final JavaClasses POOL = pool();

  /** Nothing but the pool's own classes counts here: not to look at others spares seconds. */
  private static JavaClasses pool() {
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    try {
      return new ClassFileImporter()
          .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.onbehalf.pool");
    } finally {
      ArchConfiguration.get().reset();
    }
  }

  /** A folder of the inside that is named nowhere in the rule breaks it. */
  @Test
  void each_folder_of_the_inside_knows_only_those_below_it() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage(INSIDE + "..")
        .ensureAllClassesAreContainedInArchitectureIgnoring(
            "dev.onbehalf.pool", "dev.onbehalf.pool.metrics")
        .layer("lending")
        .definedBy(INSIDE + ".lending")
        .layer("work")
        .definedBy(INSIDE + ".work")
        .layer("deciding")
        .definedBy(INSIDE + ".deciding")
        .layer("user")
        .definedBy(INSIDE + ".user")
        .layer("login")
        .definedBy(INSIDE + ".login")
        .layer("evicting")
        .definedBy(INSIDE + ".evicting")
        .layer("jdbc")
        .definedBy(INSIDE + ".jdbc")
        .layer("for all")
        .definedBy(INSIDE)
        .whereLayer("lending")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("work")
        .mayOnlyAccessLayers("deciding", "user", "login", "jdbc", "for all")
        .whereLayer("deciding")
        .mayOnlyAccessLayers("user", "login", "evicting", "jdbc", "for all")
        .whereLayer("user")
        .mayOnlyAccessLayers("login", "evicting", "jdbc", "for all")
        .whereLayer("login")
        .mayOnlyAccessLayers("jdbc", "for all")
        .whereLayer("evicting")
        .mayNotAccessAnyLayer()
        .whereLayer("jdbc")
        .mayOnlyAccessLayers("for all")
        .whereLayer("for all")
        .mayNotAccessAnyLayer()
        .check(POOL);
  }

  /** The manager starts the inside; the other public types stand for themselves. */
  @Test
  void only_the_manager_knows_the_inside_and_the_inside_knows_no_manager() {
    noClasses()
        .that()
        .resideOutsideOfPackage(INSIDE + "..")
        .and()
        .doNotBelongToAnyOf(UserPoolManager.class)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(INSIDE + "..")
        .check(POOL);
    noClasses()
        .that()
        .belongToAnyOf(UserPoolManager.class)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                INSIDE + ".work",
                INSIDE + ".deciding",
                INSIDE + ".user",
                INSIDE + ".login",
                INSIDE + ".evicting",
                INSIDE + ".jdbc"))
        .check(POOL);
    noClasses()
        .that()
        .resideInAPackage(INSIDE + "..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(UserPoolManager.class)
        .check(POOL);
  }
}
