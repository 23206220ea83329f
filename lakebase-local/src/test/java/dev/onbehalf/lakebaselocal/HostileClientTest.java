package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that are half-open, slow, or send garbage cost nobody else anything. */
class HostileClientTest {
  private static final String ALICE = "alice@example.com";

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder().user(ALICE).user("x".repeat(63)).build();

  @Test
  void letsOthersInWhileManyLoginsAreHalfOpen() throws Exception {
    List<RawClient> halfOpen = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        halfOpen.add(connect());
        halfOpen.add(connect().send((byte) 0, (byte) 0));
        halfOpen.add(connect().sendInitial(RawClient.SSL_REQUEST));
      }
      long start = System.nanoTime();
      logIn();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    } finally {
      for (RawClient client : halfOpen) {
        client.close();
      }
    }
  }

  @Test
  void givesALoginTenSecondsHoweverItIsSpent() throws Exception {
    long start = System.nanoTime();
    try (RawClient silent = connect();
        RawClient inTheMiddle = connect().send((byte) 0, (byte) 0, (byte) 0);
        RawClient withoutHandshake = connect().sendInitial(RawClient.SSL_REQUEST);
        RawClient withoutStartup = connect().startTls();
        RawClient withoutPassword =
            connect().startTls().sendStartup("user", ALICE).expectPasswordRequest();
        RawClient dripping = connect()) {
      drip(dripping, start);
      assertThat(withoutHandshake.read()).isEqualTo('S');
      for (RawClient client :
          List.of(silent, inTheMiddle, withoutHandshake, withoutStartup, withoutPassword)) {
        assertEnds(client);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(9_500), Duration.ofSeconds(15));
      logIn();
    }
  }

  /** Sends a startup message that never comes to its end, a byte now and then. */
  private static void drip(RawClient client, long start) throws InterruptedException {
    byte[] startup =
        ByteBuffer.allocate(5_000).putInt(5_000).putInt(RawClient.PROTOCOL_3_0).array();
    for (byte b : startup) {
      try {
        client.send(b);
      } catch (IOException cutOff) {
        return;
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      Thread.sleep(20); // slow is what this client is
    }
    throw new AssertionError("The gateway has listened for too long");
  }

  @Test
  void refusesAnOversizedFirstPacketBeforeItIsSent() throws Exception {
    for (int length : new int[] {10_001, 65_537, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, 7}) {
      try (RawClient client = connect().send(ByteBuffer.allocate(4).putInt(length).array())) {
        assertThat(client.readError()).containsEntry('C', "08P01").containsEntry('S', "FATAL");
        assertEnds(client);
      }
    }
  }

  @Test
  void refusesAnOversizedPasswordBeforeItIsSent() throws Exception {
    for (int length : new int[] {65_537, Integer.MAX_VALUE, -1, 0, 4}) {
      try (RawClient client =
          connect().startTls().sendStartup("user", ALICE).expectPasswordRequest()) {
        client.send(ByteBuffer.allocate(5).put((byte) 'p').putInt(length).array());
        assertThat(client.readError()).containsEntry('C', "08P01");
        assertEnds(client);
      }
    }
  }

  @Test
  void answersGarbageWithAnError() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] garbage = new byte[4 + random.nextInt(300)];
      random.nextBytes(garbage);
      int length = ByteBuffer.wrap(garbage).getInt();
      try (RawClient client = connect().send(garbage)) {
        if (length < 8 || length > 10_000) {
          assertThat(client.readError()).as("seed %d", seed).containsEntry('C', "08P01");
          assertEnds(client);
        }
      }
    }
    logIn();
  }

  @Test
  void refusesAStartupMessageThatCanBeReadInTwoWays() throws Exception {
    String credential = credential();
    for (String parameters :
        new String[] {
          "user\0" + ALICE + "\0user\0postgres\0\0", // PostgreSQL would take the last one
          "user\0postgres\0user\0" + ALICE + "\0\0",
          "user\0" + ALICE + "\0\0user\0postgres\0\0", // after the end
          "user\0" + ALICE + "\0", // without an end
          "user\0" + ALICE,
          "user",
          ""
        }) {
      try (RawClient client = connect().startTls()) {
        client.sendInitial(RawClient.PROTOCOL_3_0, parameters.getBytes(StandardCharsets.UTF_8));
        assertThat(client.readError()).as(parameters).containsEntry('C', "08P01");
      }
    }
    try (RawClient client = connect().startTls()) {
      client.sendStartup("user", ALICE).expectPasswordRequest().sendPassword(credential);
      assertThat(client.read()).isEqualTo('R');
    }
  }

  @Test
  void refusesAStartupMessageWithoutARole() throws Exception {
    try (RawClient client = connect().startTls().sendStartup("database", "databricks_postgres")) {
      assertThat(client.readError()).containsEntry('C', "28000");
    }
    try (RawClient client = connect().startTls().sendStartup("user", "")) {
      assertThat(client.readError()).containsEntry('C', "28000");
    }
    try (RawClient client = connect().startTls()) {
      client.sendInitial(RawClient.PROTOCOL_3_0, new byte[] {'u', 's', 'e', 'r', 0, -1, -2, 0, 0});
      assertThat(client.readError()).containsEntry('C', "08P01");
    }
  }

  /** PostgreSQL would cut the name to that of an existing role. */
  @Test
  void refusesARoleNameThatPostgresqlWouldCut() throws Exception {
    try (RawClient client = connect().startTls()) {
      client.sendStartup("user", "x".repeat(64)).expectPasswordRequest();
      client.sendPassword(LAKEBASE.get().databaseCredential("x".repeat(63), Duration.ofHours(1)));
      assertThat(client.readError()).containsEntry('C', "28P01");
    }
  }

  @Test
  void refusesAnotherProtocol() throws Exception {
    try (RawClient client = connect().sendInitial(2 << 16)) {
      assertThat(client.readError())
          .containsEntry('C', "0A000")
          .containsEntry('M', "unsupported frontend protocol 2.0: server supports 3.0 to 3.0");
    }
  }

  @Test
  void declinesGssEncryptionOnceAndThenGoesOn() throws Exception {
    try (RawClient client = connect().sendInitial(RawClient.GSS_ENCRYPTION_REQUEST)) {
      assertThat(client.read()).isEqualTo('N');
      client.startTls().sendStartup("user", ALICE).expectPasswordRequest();
    }
    try (RawClient client = connect().sendInitial(RawClient.GSS_ENCRYPTION_REQUEST)) {
      assertThat(client.read()).isEqualTo('N');
      client.sendInitial(RawClient.GSS_ENCRYPTION_REQUEST);
      assertThat(client.readError()).containsEntry('C', "08P01");
    }
  }

  @Test
  void refusesToStartTlsWithinTls() throws Exception {
    try (RawClient client = connect().startTls().sendInitial(RawClient.SSL_REQUEST)) {
      assertThat(client.readError()).containsEntry('C', "08P01");
    }
  }

  /** Bytes smuggled in before TLS must not count as said within TLS. */
  @Test
  void dropsAClientThatSendsMoreBeforeTls() throws Exception {
    try (RawClient client = connect()) {
      byte[] both = ByteBuffer.allocate(24).putInt(8).putInt(RawClient.SSL_REQUEST).array();
      client.send(both);
      assertThat(client.read()).isEqualTo('S');
      assertThat(client.readAll()).doesNotContain('R');
    }
  }

  @Test
  void answersAnythingButAPasswordWithAnError() throws Exception {
    try (RawClient client =
        connect().startTls().sendStartup("user", ALICE).expectPasswordRequest()) {
      client.send((byte) 'Q', (byte) 0, (byte) 0, (byte) 0, (byte) 5, (byte) 0);
      assertThat(client.readError()).containsEntry('C', "08P01");
    }
  }

  @Test
  void forgetsACancelRequestForNobody() throws Exception {
    try (RawClient client = connect().sendInitial(80877102, new byte[8])) {
      assertEnds(client);
    }
    logIn();
  }

  private static void assertEnds(RawClient client) {
    try {
      assertThat(client.read()).isEqualTo(-1);
    } catch (IOException e) {
      assertThat(e).hasMessageNotContaining("timed out"); // a reset is an end too
    }
  }

  private static RawClient connect() throws IOException {
    return new RawClient(LAKEBASE.get());
  }

  private static String credential() {
    return LAKEBASE.get().databaseCredential(ALICE, Duration.ofHours(1));
  }

  private static void logIn() throws SQLException {
    try (Connection connection =
        DriverManager.getConnection(LAKEBASE.get().jdbcUrl(), ALICE, credential())) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }
}
