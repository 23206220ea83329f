import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.util.ElementFilter;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Writes the wrappers' forwarding methods, all in the one frame that notes how a driver's call
 * failed. The build runs this file with {@code java} before it compiles; what the methods call
 * ({@code failed}, {@code wrap}, {@code noted}) is written by hand in {@code DriverObject}.
 *
 * <p>It asks the compiler for the interfaces of the Java release that the classes are compiled for,
 * so that a newer JDK, which may know more methods, writes the same.
 *
 * <p>Arguments: the directory to write to, and that release.
 */
public final class GenerateForwarding {
  private static final String PACKAGE = "dev.onbehalf.pool.internal.jdbc";

  /** Each differs too much from lease to lease, or object to object, to be forwarded. */
  private static final Set<String> BY_HAND =
      Set.of("abort", "getConnection", "getStatement", "unwrap", "isWrapperFor");

  /** What is handed out in a wrapper of its own; a ResultSet may come as an Object as well. */
  private static final Set<String> WRAPPED =
      Set.of(
          "java.lang.Object",
          "java.sql.Array",
          "java.sql.Blob",
          "java.sql.CallableStatement",
          "java.sql.Clob",
          "java.sql.DatabaseMetaData",
          "java.sql.NClob",
          "java.sql.ParameterMetaData",
          "java.sql.PreparedStatement",
          "java.sql.ResultSet",
          "java.sql.ResultSetMetaData",
          "java.sql.Statement");

  /** What a caller hands over, and may have had of the driver. */
  private static final Set<String> VALUES = Set.of("java.lang.Object", "java.sql.Array");

  /** A class to write: its head, up to the first method, and whom its methods call. */
  private record Forwarding(String name, String of, String callee, String head) {}

  private static final List<Forwarding> ALL =
      List.of(
          new Forwarding(
              "ForwardingConnection",
              "java.sql.Connection",
              "talking()",
              """
              abstract class ForwardingConnection extends DriverObject
                  implements java.sql.Connection {
                /** The driver's connection, for a call that may ask the server. */
                abstract java.sql.Connection talking();

                abstract java.sql.Statement wrap(java.sql.Statement statement)
                    throws java.sql.SQLException;

                abstract java.sql.PreparedStatement wrap(java.sql.PreparedStatement statement)
                    throws java.sql.SQLException;

                abstract java.sql.CallableStatement wrap(java.sql.CallableStatement statement)
                    throws java.sql.SQLException;

                abstract java.sql.DatabaseMetaData wrap(java.sql.DatabaseMetaData metaData);
              """),
          new Forwarding(
              "ForwardingMetaData",
              "java.sql.DatabaseMetaData",
              "open()",
              """
              abstract class ForwardingMetaData extends LeasedObject<java.sql.DatabaseMetaData>
                  implements java.sql.DatabaseMetaData {
                ForwardingMetaData(
                    PooledConnection connection, java.sql.DatabaseMetaData delegate) {
                  super(connection, delegate);
                }
              """),
          new Forwarding(
              "PooledResultSetMetaData",
              "java.sql.ResultSetMetaData",
              "open()",
              """
              final class PooledResultSetMetaData extends LeasedObject<java.sql.ResultSetMetaData>
                  implements java.sql.ResultSetMetaData {
                PooledResultSetMetaData(
                    PooledConnection connection, java.sql.ResultSetMetaData delegate) {
                  super(connection, delegate);
                }
              """),
          new Forwarding(
              "PooledParameterMetaData",
              "java.sql.ParameterMetaData",
              "open()",
              """
              final class PooledParameterMetaData extends LeasedObject<java.sql.ParameterMetaData>
                  implements java.sql.ParameterMetaData {
                PooledParameterMetaData(
                    PooledConnection connection, java.sql.ParameterMetaData delegate) {
                  super(connection, delegate);
                }
              """),
          new Forwarding(
              "ForwardingStatement",
              "java.sql.Statement",
              "delegate",
              """
              abstract class ForwardingStatement<S extends java.sql.Statement> extends DriverObject
                  implements java.sql.Statement {
                final S delegate;

                ForwardingStatement(S delegate) {
                  this.delegate = delegate;
                }
              """),
          new Forwarding(
              "PooledPreparedStatement",
              "java.sql.PreparedStatement",
              "delegate",
              """
              class PooledPreparedStatement<S extends java.sql.PreparedStatement>
                  extends PooledStatement<S> implements java.sql.PreparedStatement {
                PooledPreparedStatement(PooledConnection connection, S delegate) {
                  super(connection, delegate);
                }
              """),
          new Forwarding(
              "PooledCallableStatement",
              "java.sql.CallableStatement",
              "delegate",
              """
              final class PooledCallableStatement
                  extends PooledPreparedStatement<java.sql.CallableStatement>
                  implements java.sql.CallableStatement {
                PooledCallableStatement(
                    PooledConnection connection, java.sql.CallableStatement delegate) {
                  super(connection, delegate);
                }
              """),
          new Forwarding(
              "ForwardingResultSet",
              "java.sql.ResultSet",
              "delegate",
              """
              abstract class ForwardingResultSet extends DriverObject
                  implements java.sql.ResultSet {
                final java.sql.ResultSet delegate;

                ForwardingResultSet(java.sql.ResultSet delegate) {
                  this.delegate = delegate;
                }
              """));

  private GenerateForwarding() {}

  public static void main(String[] arguments) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaCompiler.CompilationTask reading =
        compiler.getTask(
            null,
            null,
            null,
            List.of("--release", arguments[1], "-proc:only"),
            List.of("java.lang.Object"),
            null);
    reading.setProcessors(List.of(new Reader(Path.of(arguments[0]))));
    if (!reading.call()) {
      throw new IllegalStateException("The compiler could not read the interfaces of JDBC");
    }
  }

  /** A processor, for only those see the interfaces of a given release. */
  private static final class Reader extends AbstractProcessor {
    private final Path directory;

    Reader(Path directory) {
      this.directory = directory;
    }

    @Override
    public Set<String> getSupportedAnnotationTypes() {
      return Set.of("*");
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latest();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      if (!round.processingOver()) {
        for (Forwarding forwarding : ALL) {
          TypeElement type = processingEnv.getElementUtils().getTypeElement(forwarding.of());
          write(directory, forwarding, ElementFilter.methodsIn(type.getEnclosedElements()));
        }
      }
      return false;
    }
  }

  private static void write(Path root, Forwarding forwarding, List<ExecutableElement> methods) {
    StringBuilder source =
        new StringBuilder(
            """
            package %s;

            // Written by GenerateForwarding.java when the project is built.
            @SuppressWarnings("deprecation")
            %s"""
                .formatted(PACKAGE, forwarding.head()));
    for (ExecutableElement method : methods) {
      if (!method.getModifiers().contains(Modifier.STATIC)
          && !BY_HAND.contains(method.getSimpleName().toString())) {
        source.append(method(forwarding.callee(), method));
      }
    }
    source.append("}\n");
    Path file = root.resolve(PACKAGE.replace('.', '/')).resolve(forwarding.name() + ".java");
    try {
      Files.createDirectories(file.getParent());
      // An older date would do as well, but a newer one compiles everything again.
      if (!Files.exists(file) || !Files.readString(file).contentEquals(source)) {
        Files.writeString(file, source);
      }
    } catch (IOException e) {
      throw new IllegalStateException("Could not write " + file, e);
    }
  }

  private static String method(String callee, ExecutableElement method) {
    String name = method.getSimpleName().toString();
    String result = method.getReturnType().toString();
    StringJoiner parameters = new StringJoiner(", ");
    List<String> arguments = new ArrayList<>();
    for (VariableElement parameter : method.getParameters()) {
      String argument = "p" + (arguments.size() + 1);
      parameters.add(parameter.asType() + " " + argument);
      arguments.add(argument(name, parameter, arguments.isEmpty(), argument));
    }
    String called = method.getThrownTypes().isEmpty() ? "delegate" : callee;
    String call = "%s.%s(%s)".formatted(called, name, String.join(", ", arguments));
    if (WRAPPED.contains(result)) {
      call = "wrap(" + call + ")";
    } else if (name.equals("getObject") && result.equals("T")) {
      call = "wrap(%s, p2)".formatted(call);
    }
    return """

          @Override
          public %s%s %s(%s)%s {
            try {
              %s%s;
            } catch (Throwable e) {
              failed(e);
              throw e;
            }
          }
        """
        .formatted(
            typeParameters(method),
            result,
            name,
            parameters,
            exceptions(method),
            result.equals("void") ? "" : "return ",
            call);
  }

  private static String argument(
      String method, VariableElement parameter, boolean first, String name) {
    if (first && takesSql(method, parameter)) {
      return "noted(" + name + ")";
    }
    boolean value = VALUES.contains(parameter.asType().toString());
    return value ? "bare(" + name + ")" : name;
  }

  private static boolean takesSql(String method, VariableElement parameter) {
    return parameter.asType().toString().equals("java.lang.String")
        && (method.startsWith("execute")
            || method.startsWith("prepare")
            || method.equals("addBatch"));
  }

  private static String typeParameters(ExecutableElement method) {
    return method.getTypeParameters().isEmpty()
        ? ""
        : method.getTypeParameters().stream()
            .map(Object::toString)
            .collect(Collectors.joining(", ", "<", "> "));
  }

  private static String exceptions(ExecutableElement method) {
    return method.getThrownTypes().isEmpty()
        ? ""
        : method.getThrownTypes().stream()
            .map(Object::toString)
            .collect(Collectors.joining(", ", " throws ", ""));
  }
}
