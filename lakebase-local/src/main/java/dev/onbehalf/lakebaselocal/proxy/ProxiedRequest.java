package dev.onbehalf.lakebaselocal.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request whose head has come.
 *
 * @param target the path and the query
 * @param in from which its body can be read, once
 */
record ProxiedRequest(Head head, String method, String target, Body body, InputStream in) {
  private static final int MAX_FORM = 16 * 1024;

  String path() {
    return target.split("\\?", 2)[0];
  }

  /** Whether it asks to become a WebSocket (RFC 6455, section 4.1). */
  boolean isUpgrade() {
    return head.lists("Connection", "upgrade") && head.lists("Upgrade", "websocket");
  }

  /** What a client is told who has not signed in: a page for who looks at pages. */
  Reply signInFirst() {
    boolean page =
        method.equals("GET")
            && head.values("Accept").stream().anyMatch(types -> types.contains("text/html"));
    return page
        ? Reply.seeOther(LocalSignIn.pickAPerson(target))
        : Reply.problem(
            401, "Unauthorized", "Nobody has signed in: pick a person at /local/sign-in.");
  }

  /** For signing in: as a visit without a form. */
  Visit asVisit() {
    return new Read("");
  }

  /** For signing in, with the form, which is read whole. */
  Visit withForm() throws IOException {
    return new Read(new String(body.read(in, MAX_FORM), StandardCharsets.UTF_8));
  }

  private final class Read implements Visit {
    private final String form;

    Read(String form) {
      this.form = form;
    }

    @Override
    public String method() {
      return method;
    }

    @Override
    public String path() {
      return ProxiedRequest.this.path();
    }

    @Override
    public List<String> headers(String name) {
      return head.values(name);
    }

    @Override
    public @Nullable String field(String name) throws IOException {
      String[] parts = target.split("\\?", 2);
      String query = parts.length == 2 ? parts[1] : "";
      return Forms.decode(method.equals("POST") ? form : query).get(name);
    }
  }

  /** Tells nothing of the fields, which hold secrets, nor of the query. */
  @Override
  public String toString() {
    return "ProxiedRequest[" + method + " " + path() + "]";
  }
}
