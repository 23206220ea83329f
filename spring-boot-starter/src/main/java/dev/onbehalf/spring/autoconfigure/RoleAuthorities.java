package dev.onbehalf.spring.autoconfigure;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.onbehalf.spring.OnBehalf;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.authority.mapping.GrantedAuthoritiesMapper;
import org.springframework.security.core.userdetails.AuthenticationUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/**
 * People's authorities are the roles of the database whose rights they have: those that they are
 * members of, directly or not, and inherit from. Read on the person's own connection, of who logged
 * in, for work before may have left a {@code SET ROLE} there; kept for as long as a proof is.
 * Thread-safe.
 */
final class RoleAuthorities
    implements AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken> {
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final int PEOPLE = 10_000;

  private static final String ROLES =
      """
      SELECT rolname FROM pg_catalog.pg_roles
      WHERE pg_catalog.pg_has_role(SESSION_USER, oid, 'USAGE')
        AND rolname OPERATOR(pg_catalog.<>) SESSION_USER
      """;

  private final OnBehalf onBehalf;
  private final GrantedAuthoritiesMapper mapper;
  private final Cache<String, List<GrantedAuthority>> known =
      Caffeine.newBuilder().expireAfterWrite(KEPT).maximumSize(PEOPLE).build();

  /**
   * @param mapper makes authorities of the roles' bare names
   */
  RoleAuthorities(OnBehalf onBehalf, GrantedAuthoritiesMapper mapper) {
    this.onBehalf = onBehalf;
    this.mapper = mapper;
  }

  /**
   * @throws InternalAuthenticationServiceException when the database could not be asked
   */
  @Override
  public UserDetails loadUserDetails(PreAuthenticatedAuthenticationToken token) {
    String user = token.getName();
    List<GrantedAuthority> roles = known.getIfPresent(user);
    if (roles == null) {
      roles = ask(user);
      known.put(user, roles);
    }
    return new User(user, "", mapper.mapAuthorities(roles));
  }

  private List<GrantedAuthority> ask(String user) {
    if (!onBehalf.currentUser().filter(user::equals).isPresent()) { // else they were another's
      throw new InternalAuthenticationServiceException(
          "The roles of %s are read on their own connection, and they are not bound"
              .formatted(user));
    }
    try (Connection connection = onBehalf.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(ROLES);
        ResultSet rows = statement.executeQuery()) {
      List<GrantedAuthority> roles = new ArrayList<>();
      while (rows.next()) {
        roles.add(new SimpleGrantedAuthority(rows.getString(1)));
      }
      return List.copyOf(roles);
    } catch (SQLException e) {
      throw new InternalAuthenticationServiceException(
          "The roles of %s could not be read: %s".formatted(user, e.getMessage()), e);
    }
  }
}
