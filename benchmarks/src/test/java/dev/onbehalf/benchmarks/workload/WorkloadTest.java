package dev.onbehalf.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.onbehalf.benchmarks.workload.Client.Request;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who asks when, without a database. */
class WorkloadTest {
  private static final int REQUESTS = 20_000;

  private static List<Request> requests(Workload workload, long seed) {
    Client one = workload.clients().apply(seed).get(0);
    return Stream.generate(() -> one.requests().apply(0)).limit(REQUESTS).toList();
  }

  private static double perSecond(List<Request> requests) {
    long nanos = requests.get(requests.size() - 1).due() - requests.get(0).due();
    return (requests.size() - 1) / (nanos / (double) TimeUnit.SECONDS.toNanos(1));
  }

  private static List<String> users(Workload workload, long seed) {
    return requests(workload, seed).stream().map(Request::user).toList();
  }

  @Test
  void arrivalsAreDueByTheClockHoweverLongOthersTake() {
    List<Request> drawn = requests(Workload.driftingArrivals(2_000, 500), 1);

    assertThat(perSecond(drawn)).isEqualTo(500, within(15.0));
    assertThat(drawn.stream().map(Request::due)).isSorted();
  }

  @Test
  void sessionsAskAsOftenAsTheyAreToldAndFromTheStart() {
    List<Request> drawn = requests(Workload.sessions(10_000, 80, 500), 1);

    assertThat(perSecond(drawn)).isEqualTo(500, within(50.0));
    assertThat(perSecond(drawn.subList(0, REQUESTS / 4))).isEqualTo(500, within(100.0));
  }

  @Test
  void allThreadsTakeFromTheSameArrivals() {
    List<Client> clients = Workload.driftingArrivals(2_000, 500).clients().apply(1);

    Request first = clients.get(0).requests().apply(0);
    Request second = clients.get(1).requests().apply(0);

    assertThat(second.due()).isGreaterThan(first.due());
  }

  @Test
  void everyPeerOfARepeatGetsTheSameRequests() {
    for (Workload workload :
        List.of(
            Workload.zipf(2_000, 0.99, 50, 16),
            Workload.drifting(2_000, 16),
            Workload.sessions(10_000, 80, 500),
            Workload.driftingArrivals(2_000, 500))) {
      assertThat(users(workload, 7)).isEqualTo(users(workload, 7)).isNotEqualTo(users(workload, 8));
    }
  }

  @Test
  void aBoundIsTheTimeOfLoginsForSomeAndOfNoneForTheRest() {
    Bound bound =
        new Bound(
            0.5,
            List.of(result(100), result(50)),
            List.of(result(10_000), result(10_000)),
            List.of(result(99), result(99)));

    assertThat(bound.perSecond().get(0)).isEqualTo(1 / (0.5 / 100 + 0.5 / 10_000), within(1e-9));
    assertThat(bound.reached().get(0)).isEqualTo(0.5, within(1e-3));
    assertThat(Targets.spread(bound.reached())).isEqualTo("0.75 (0.50 to 0.99)");
  }

  private static Result result(double perSecond) {
    return new Result(perSecond, perSecond, 1, 1, 0, 0, 0, 0, "");
  }

  @Test
  void aTargetIsHeldByTheMedianOfTheRepeats() {
    Targets targets = new Targets();
    targets.atLeast("more", 0.95, List.of(0.9, 0.96, 1.0));
    targets.atMost("less", 0.7, List.of(0.7, 0.8));
    targets.atMost("just above", 0.75, List.of(0.752));
    targets.atMost("not measured", 0.75, List.of());

    assertThat(targets.toString())
        .contains("| more | ≥ 0.95 | 0.96 (0.90 to 1.00) | yes |")
        .contains("| just above | ≤ 0.75 | 0.752 | **no** |")
        .contains("| less | ≤ 0.70 | 0.75 (0.70 to 0.80) | **no** |")
        .doesNotContain("not measured");
  }
}
