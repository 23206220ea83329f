package dev.onbehalf.lakebaselocal.proxy;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request, as far as signing in needs to know it. */
public interface Visit {

  String method();

  /** Still percent-encoded, without the query. */
  String path();

  /** All values of a header, whatever the case of its name. */
  List<String> headers(String name);

  /**
   * A field of the form that is sent, or of the query where none is.
   *
   * @throws IOException if the form can't be read
   */
  @Nullable String field(String name) throws IOException;
}
