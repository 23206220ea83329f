package dev.onbehalf.playground;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may ask for the service principal's connections, and which module may know which. */
class ArchitectureTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.onbehalf");

  /**
   * Row-Level Security does not hold the service principal back, so each place that acts as it is
   * known by name. Whoever adds one adds it here, and says why.
   */
  @ParameterizedTest
  @CsvSource({
    "identity.OnBehalfDatabase, servicePrincipal, playground.DatabaseSetUp spring.OnBehalf",
    "identity.OnBehalfDatabase, servicePrincipalOnReadOnlyHost, spring.OnBehalf",
    "spring.OnBehalf, servicePrincipalReadOnlyDataSource,"
        + " spring.autoconfigure.OnBehalfActuatorAutoConfiguration$Health", // whether it answers
    "lakebase.DatabricksWorkspace, servicePrincipalCredential, lakebase.Lakebase",
    "identity.Platform, servicePrincipalCredential, identity.DatabaseCredentials",
    "spring.OnBehalf, servicePrincipalDataSource,"
        + " spring.autoconfigure.OnBehalfActuatorAutoConfiguration$Health"
        + " spring.autoconfigure.OnBehalfAutoConfiguration" // the bean
        + " spring.autoconfigure.OnBehalfAutoConfiguration" // the look at a table, while developing
        + " spring.autoconfigure.OnBehalfRowSecurityAutoConfiguration" // reads catalogs, no row
        + " spring.UserTenancy" // where Hibernate asks for nobody's, as it does for the schema
  })
  void theServicePrincipalIsGivenOutByNameInTheseOnly(String owner, String method, String callers) {
    List<String> known =
        List.of(callers.split(" ")).stream().map(caller -> "dev.onbehalf." + caller).toList();
    assertThat(MAIN.get("dev.onbehalf." + owner).getMethod(method).getAccessesToSelf())
        .extracting(JavaAccess::getOriginOwner)
        .extracting(caller -> caller.getName())
        .containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void nothingPointsBack() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.onbehalf..")
        .layer("pool")
        .definedBy("dev.onbehalf.pool..")
        .layer("identity")
        .definedBy("dev.onbehalf.identity..")
        .layer("lakebase")
        .definedBy("dev.onbehalf.lakebase..")
        .layer("servlet")
        .definedBy("dev.onbehalf.servlet..")
        .optionalLayer("rds-iam")
        .definedBy("dev.onbehalf.rds..")
        .layer("lakebase-local")
        .definedBy("dev.onbehalf.lakebaselocal..")
        .layer("row-security")
        .definedBy("dev.onbehalf.rowsecurity..")
        .layer("starter")
        .definedBy("dev.onbehalf.spring..")
        .layer("playground")
        .definedBy("dev.onbehalf.playground..")
        .whereLayer("pool")
        .mayNotAccessAnyLayer()
        .whereLayer("lakebase-local")
        .mayNotAccessAnyLayer()
        .whereLayer("row-security")
        .mayNotAccessAnyLayer()
        .whereLayer("identity")
        .mayOnlyAccessLayers("pool")
        .whereLayer("lakebase")
        .mayOnlyAccessLayers("identity", "pool")
        .whereLayer("rds-iam")
        .mayOnlyAccessLayers("identity", "pool")
        .whereLayer("servlet")
        .mayOnlyAccessLayers("identity", "pool")
        .whereLayer("starter")
        .mayOnlyAccessLayers("servlet", "lakebase", "rds-iam", "row-security", "identity", "pool")
        .whereLayer("playground")
        .mayNotBeAccessedByAnyLayer()
        .check(MAIN);
  }
}
