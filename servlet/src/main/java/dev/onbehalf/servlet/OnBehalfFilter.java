package dev.onbehalf.servlet;

import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.pool.UserPool;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Binds the person behind a request to it: reads the identity that the proxy forwarded, once,
 * proves it, and unbinds it whatever happens. Without a proof the request ends here, with problem
 * details: 401 without an identity or with a token that is refused, 400 for a malformed one, 403
 * for a token that belongs to somebody else, 429 when too many wait for their proof, 503 when
 * nobody could be asked.
 *
 * <pre>{@code
 * OnBehalfFilter filter = OnBehalfFilter.of(database).build();
 * context.addFilter(filter, "/*", EnumSet.of(REQUEST, ASYNC, ERROR)); // in front of all others
 * DataSource people = filter.dataSource();                            // current_user is the person
 * }</pre>
 *
 * <p>It has to stand in front of every servlet, on those three kinds of dispatches, with
 * asynchronous support. What comes after it sees a request without the access token ({@link
 * ForwardedHeaders}), and with the HTTP session of its person only; the answer to a person is
 * stored by no cache unless the application says so. What fails further in and has an answer of
 * {@link Problems} is answered.
 *
 * <p>The proof holds for the request's later dispatches too (asynchronous, error); an error page of
 * a request that was never proved is shown with nobody bound. Thread-safe.
 */
public final class OnBehalfFilter implements Filter {
  private static final RepeatedWarning unreadable = RepeatedWarning.of(OnBehalfFilter.class);
  private static final AtomicInteger filters = new AtomicInteger();

  /** Attributes of requests, its own: an application may have a filter for each database. */
  private final String personKey;

  private final String withinKey;
  private final OnBehalfDatabase database;
  private final IdentityHeaders headers;
  private final ExemptPaths exempt;
  private final ProblemWriter problems;
  private final boolean answersFailures;
  private final CurrentPerson current;
  private final Binding binding;

  private OnBehalfFilter(Builder builder) {
    String name = OnBehalfFilter.class.getName() + "." + filters.incrementAndGet();
    personKey = name + ".person";
    withinKey = name + ".within";
    database = builder.database;
    headers = builder.headers;
    exempt = builder.exempt;
    answersFailures = builder.answersFailures;
    current = builder.current;
    binding = builder.binding;
    problems =
        builder.writer != null
            ? builder.writer
            : new ProblemWriter(
                new Problems(database.platform(), builder.group, null)); // both run queries here
  }

  /** A filter for that database, to be built. */
  public static Builder of(OnBehalfDatabase database) {
    return new Builder(database);
  }

  /** How it is built; the last value set wins. Not thread-safe. */
  public static final class Builder {
    private final OnBehalfDatabase database;
    private final CurrentPerson current = new CurrentPerson();
    private IdentityHeaders headers = IdentityHeaders.STANDARD;
    private ExemptPaths exempt = ExemptPaths.none();
    private Binding binding = current;
    private boolean answersFailures = true;
    private @Nullable String group;
    private @Nullable ProblemWriter writer;

    private Builder(OnBehalfDatabase database) {
      this.database = database;
    }

    /** The names of the proxy's headers. By default {@link IdentityHeaders#STANDARD}. */
    public Builder headers(IdentityHeaders names) {
      headers = names;
      return this;
    }

    /** What needs no identity. By default nothing. */
    public Builder exemptPaths(ExemptPaths paths) {
      exempt = paths;
      return this;
    }

    /** The role through which people hold their rights, for refusals to name. */
    public Builder group(String role) {
      group = role;
      return this;
    }

    /** How refusals and failures are answered. By default in JSON. */
    public Builder problems(ProblemWriter value) {
      writer = value;
      return this;
    }

    /** Whether what fails further in is answered. Default true; refusals always are. */
    public Builder answersFailures(boolean answers) {
      answersFailures = answers;
      return this;
    }

    /** What binds a person; {@link OnBehalfFilter#dataSource()} is for nobody then. */
    public Builder binding(Binding value) {
      binding = value;
      return this;
    }

    public OnBehalfFilter build() {
      return new OnBehalfFilter(this);
    }
  }

  /**
   * Leads to the connections of the person whose request the calling thread works for. Where it
   * works for nobody's, {@code getConnection()} throws an SQLException with SQLState 28000; else
   * what {@link OnBehalfDatabase#asUser} says.
   */
  public DataSource dataSource() {
    return current;
  }

  /**
   * The person behind a request that is not over yet; empty for an exempt path. Take it before work
   * is handed to another thread: what it answers is good on any, and a request is somebody else's
   * once the server uses it again.
   */
  public Optional<UserPool> personOf(ServletRequest request) {
    return Optional.ofNullable((UserPool) request.getAttribute(personKey));
  }

  /**
   * A filter for directly behind one that makes HTTP sessions of its own (Spring Session's), where
   * that can't stand in front of this: those, too, belong to one person then. It does nothing where
   * this has not been passed.
   */
  public Filter sessions() {
    return (request, response, chain) -> {
      if (request instanceof HttpServletRequest http
          && response instanceof HttpServletResponse answer
          && isWithin(http)) {
        proceedWithin(http, answer, chain);
      } else {
        chain.doFilter(request, response);
      }
    };
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse answer)) {
      throw new ServletException("Who is behind a request is told by HTTP alone");
    }
    if (isWithin(http)) { // a forward, a second registration, an error page
      proceedWithin(http, answer, chain);
      return;
    }
    http.setAttribute(withinKey, true);
    try {
      filter(http, answer, chain);
    } finally {
      http.removeAttribute(withinKey);
    }
  }

  private boolean isWithin(HttpServletRequest request) {
    return request.getAttribute(withinKey) != null;
  }

  /** The person is bound, but what is handed in now may have been wrapped anew, or not at all. */
  private void proceedWithin(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HttpServletRequest concealed = ForwardedHeaders.conceal(request, headers);
    chain.doFilter(withOwnSession(concealed, response), response);
  }

  private void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HttpServletRequest concealed = request;
    UserPool person;
    try {
      concealed = ForwardedHeaders.conceal(request, headers);
      person = person(concealed);
    } catch (IdentityException | IssuerUnavailableException e) {
      problems.refuse(e, concealed, response);
      return;
    } catch (RuntimeException e) {
      problems.refuse(unreadable(e), concealed, response);
      return;
    }
    try (Binding.Bound bound = binding.bind(person)) {
      HttpServletResponse answer = person == null ? response : PersonalResponse.of(response);
      proceed(withOwnSession(concealed, answer), answer, chain);
    }
  }

  Binding.Bound bindNobody() {
    return binding.bind(null);
  }

  private HttpServletRequest withOwnSession(
      HttpServletRequest concealed, HttpServletResponse response) {
    String user = personOf(concealed).map(UserPool::user).orElse(null);
    return OwnSessionRequest.of(concealed, forwarded(concealed), this, response, user);
  }

  private void proceed(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      chain.doFilter(request, response);
    } catch (ServletException | IOException | RuntimeException e) {
      boolean answered =
          answersFailures
              && !request.isAsyncStarted() // whose end the container has to make
              && problems.answer(e, request, response);
      if (!answered) {
        throw e;
      }
    }
  }

  private @Nullable UserPool person(HttpServletRequest request) {
    if (request.getDispatcherType() != DispatcherType.REQUEST) {
      return (UserPool) request.getAttribute(personKey);
    }
    if (exempt.contain(request)) {
      return null;
    }
    UserPool person = database.asUser(forwarded(request).identity());
    request.setAttribute(personKey, person);
    return person;
  }

  private ForwardedHeaders forwarded(HttpServletRequest concealed) {
    return ForwardedHeaders.of(concealed, headers).orElseThrow();
  }

  /**
   * Whatever fails while nobody is proved yet is a refusal. One line tells of it, with nothing of
   * what was sent, so that strangers can neither fill the log nor write into it.
   */
  private static IdentityException unreadable(RuntimeException e) {
    unreadable.log(
        "A request whose identity could not be read is refused: {} at {}",
        e.getClass().getName(),
        Arrays.stream(e.getStackTrace()).findFirst().map(Object::toString).orElse("no line"));
    return new IdentityException(
        Reason.MALFORMED, "The request's identity could not be read. Sign in again.");
  }
}
