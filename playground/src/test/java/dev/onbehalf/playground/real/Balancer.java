package dev.onbehalf.playground.real;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.springframework.util.FileSystemUtils;

/** What sends a person's requests to the instance that has their connections. */
final class Balancer implements AutoCloseable {
  private final Kind kind;
  private final List<Integer> instances;
  private final Set<Integer> drained = new TreeSet<>();
  private final Path folder;
  private final int byPerson = Program.freePort();
  private final int bySession = Program.freePort();
  private final Program program;

  enum Kind {
    NGINX("nginx.conf"),
    HAPROXY("haproxy.cfg");

    private final String configuration;

    Kind(String configuration) {
      this.configuration = configuration;
    }
  }

  /**
   * @param instances the ports of three
   */
  Balancer(Kind kind, List<Integer> instances) throws IOException {
    this.kind = kind;
    this.instances = List.copyOf(instances);
    this.folder = Files.createTempDirectory("balancer");
    Path configuration = write();
    program =
        new Program(
            Files.createDirectories(Path.of("target", "real")).resolve(kind + ".log"),
            Map.of(),
            kind == Kind.NGINX
                ? List.of("/usr/sbin/nginx", "-e", "stderr", "-c", configuration.toString())
                : List.of("/usr/sbin/haproxy", "-f", configuration.toString()));
    program.listeningAt(byPerson);
    program.listeningAt(bySession);
  }

  /** Where the identity proxy's header says whose request it is. */
  int byPerson() {
    return byPerson;
  }

  /** Where the cookie says whose session it is. */
  int bySession() {
    return bySession;
  }

  private Path write() throws IOException {
    Map<String, Object> values =
        Map.of(
            "FOLDER", folder,
            "BY_PERSON", byPerson,
            "BY_SESSION", bySession);
    Path file = folder.resolve(kind.configuration);
    try (InputStream in = Balancer.class.getResourceAsStream("/real/" + kind.configuration)) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, Object> value : values.entrySet()) {
        text = text.replace("@" + value.getKey() + "@", value.getValue().toString());
      }
      for (int i = 0; i < instances.size(); i++) {
        char name = (char) ('A' + i);
        text = text.replace("@STATE_" + name + "@", drained.contains(i) ? "down" : "");
        text = text.replace("@" + name + "@", instances.get(i).toString());
      }
      return Files.writeString(file, text);
    }
  }

  /** Sends nothing more to an instance, and returns when it has answered what it was sent. */
  void drain(int instance) throws IOException {
    drained.add(instance);
    change(instance, "drain");
  }

  /** Sends to it again. */
  void resume(int instance) throws IOException {
    drained.remove(instance);
    change(instance, "ready");
  }

  private void change(int instance, String state) throws IOException {
    if (kind == Kind.NGINX) {
      write();
      List<Long> former = program.children();
      program.signal("HUP");
      // Workers of the former configuration end when what they were sent is answered.
      Awaitility.await().until(() -> former.stream().noneMatch(program.children()::contains));
      return;
    }
    String server = String.valueOf((char) ('a' + instance));
    for (String backend : List.of("by_person", "by_session")) {
      ask("set server %s/%s state %s".formatted(backend, server, state));
    }
    if (state.equals("drain")) {
      Awaitility.await()
          .until(() -> sessions("by_person", server) == 0 && sessions("by_session", server) == 0);
    }
  }

  /** How many requests an instance has in hand (HAProxy's management guide, 9.1, scur). */
  private int sessions(String backend, String server) {
    return ask("show stat")
        .lines()
        .map(line -> line.split(",", -1))
        .filter(line -> line[0].equals(backend) && line[1].equals(server))
        .mapToInt(line -> Integer.parseInt(line[4]))
        .sum();
  }

  private String ask(String command) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(folder.resolve("haproxy.sock")));
      channel.write(StandardCharsets.US_ASCII.encode(command + "\n"));
      ByteBuffer answer = ByteBuffer.allocate(64 * 1024);
      while (channel.read(answer) >= 0) {
        // until it closes
      }
      return StandardCharsets.US_ASCII.decode(answer.flip()).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    program.close();
    FileSystemUtils.deleteRecursively(folder);
  }
}
