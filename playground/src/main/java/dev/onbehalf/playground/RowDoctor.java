package dev.onbehalf.playground;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.rowsecurity.Report;
import dev.onbehalf.rowsecurity.RowSecurity;
import dev.onbehalf.rowsecurity.Scope;
import dev.onbehalf.rowsecurity.explain.Command;
import dev.onbehalf.rowsecurity.explain.Explanation;
import dev.onbehalf.rowsecurity.explain.PersonConnections;
import dev.onbehalf.rowsecurity.explain.RowExplainer;
import dev.onbehalf.rowsecurity.explain.TableName;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.server.ResponseStatusException;

/**
 * Whether Row-Level Security of the demo's schema holds, and why a person sees a product. On a
 * local run the administrator asks, about everybody. Elsewhere it is only about who is signed in,
 * for nobody is told of others; why a row is seen, the service principal asks, which owns the
 * table.
 */
@Component
class RowDoctor {
  static final String SCHEMA = "raw_example";
  private static final TableName PRODUCTS = new TableName(SCHEMA, "products");

  private final DataSource own;
  private final DataSource servicePrincipal;
  private final Optional<LakebaseLocal> local;

  /**
   * @param own logs in as the person behind the request
   */
  RowDoctor(
      DataSource own,
      @Qualifier("servicePrincipalDataSource") DataSource servicePrincipal,
      Optional<LakebaseLocal> local) {
    this.own = own;
    this.servicePrincipal = servicePrincipal;
    this.local = local;
  }

  /**
   * What is wrong in the demo's schema, for those who may use it. Elsewhere than on a local run a
   * person asks on their own connection, and is told no more than the catalogs show them anyway.
   *
   * @throws ErrorResponseException if who is signed in has no role (404)
   */
  Report examine(String signedIn) throws SQLException {
    String people = local.isPresent() ? Scope.GROUP + DatabaseSetUp.GROUP : signedIn;
    DataSource asker = local.map(LakebaseLocal::superuser).orElse(own);
    try {
      return RowSecurity.examine(asker, Scope.of(people).inSchemas(SCHEMA));
    } catch (IllegalArgumentException e) {
      throw noSuchRole(e);
    }
  }

  /**
   * Why a person sees a product, or doesn't. Who is signed in has the server itself asked, too.
   *
   * @throws ErrorResponseException if that person may not be asked about, or has no role (404)
   */
  Explanation explain(String signedIn, String person, UUID product) throws SQLException {
    requireAskable(signedIn, person);
    PersonConnections connections = each -> each.equals(signedIn) ? own.getConnection() : null;
    try {
      return RowExplainer.asking(local.map(LakebaseLocal::superuser).orElse(servicePrincipal))
          .withConnectionsOf(connections)
          .explain(person, PRODUCTS, Map.of("id", product.toString()), Command.SELECT);
    } catch (IllegalArgumentException e) {
      throw noSuchRole(e);
    }
  }

  private static ErrorResponseException noSuchRole(IllegalArgumentException e) {
    return new ErrorResponseException(
        HttpStatus.NOT_FOUND,
        ProblemAdvice.problem(HttpStatus.NOT_FOUND, "no-such-role", e.getMessage()),
        e);
  }

  private void requireAskable(String signedIn, String person) {
    if (local.isPresent() && !isListed(local.get(), person)) {
      throw new ResponseStatusException(
          HttpStatus.BAD_REQUEST, "Nobody here has this address; GET /local/users lists them all.");
    }
    if (local.isEmpty() && !person.equals(signedIn)) {
      throw new ResponseStatusException(
          HttpStatus.FORBIDDEN, "You may ask this about yourself only, as " + signedIn + ".");
    }
  }

  private static boolean isListed(LakebaseLocal local, String person) {
    return local.users().contains(person) || local.peopleWithoutRole().contains(person);
  }
}
