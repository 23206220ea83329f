package dev.onbehalf.spring.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.FleetStatus;
import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.PoolSnapshot.Place;
import dev.onbehalf.pool.PoolSnapshot.State;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.PoolStatistics.Evictions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which squares are drawn, and what is sent of them. */
class PictureTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\"\n\ndata: {}\r\u2028\ud800";

  private Optional<FleetStatus> fleet = Optional.empty();
  private final Picture picture = new Picture(new People(false, "sp"::equals), () -> fleet);

  private static Place place(long connection, String user, State state, long leases) {
    return new Place(connection, user, state, Duration.ofMillis(5), leases);
  }

  private static PoolSnapshot pools(Place... places) {
    return new PoolSnapshot(
        new PoolStatistics(
            3, 3, places.length, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, new Evictions(0, 0, 0, 0, 0)),
        List.of(places),
        List.of(),
        List.of(),
        List.of());
  }

  /** Looks, and says what has changed. */
  private List<JsonNode> look(Place... places) {
    picture.look(pools(places), 1_000);
    return JsonMapper.shared().readTree(picture.change()).get("places").valueStream().toList();
  }

  @Test
  void onlyWhatHasChangedIsSent() {
    assertThat(look(place(1, "a", State.IDLE, 1), place(2, "b", State.LENT, 1))).hasSize(2);
    assertThat(look(place(1, "a", State.IDLE, 1), place(2, "b", State.LENT, 1))).isEmpty();
    List<JsonNode> changed = look(place(1, "a", State.LENT, 2), place(2, "b", State.LENT, 1));
    assertThat(changed).hasSize(1);
    assertThat(changed.get(0).get(0).asInt()).isZero();
    assertThat(changed.get(0).get(1).asString()).isEqualTo("l");
    assertThat(changed.get(0).get(5).asLong()).isEqualTo(995);
  }

  @Test
  void whatWasUsedBetweenTwoLooksIsMarkedOnce() {
    look(place(1, "a", State.IDLE, 1));
    assertThat(look(place(1, "a", State.IDLE, 7)).get(0).get(6).asInt()).isEqualTo(1);
    assertThat(look(place(1, "a", State.IDLE, 7)).get(0).get(6).asInt()).isZero();
    assertThat(look(place(1, "a", State.IDLE, 7))).isEmpty();
  }

  @Test
  void whoGetsAnothersPlaceIsDrawnInTheSameSquare() {
    look(place(1, "a", State.IDLE, 1), place(2, "b", State.LENT, 1), place(3, "c", State.LENT, 1));
    look(
        place(2, "b", State.LENT, 1),
        place(3, "c", State.LENT, 1),
        place(4, "d", State.LOGGING_IN, 0));
    List<JsonNode> all =
        JsonMapper.shared().readTree(picture.all(1_000)).get("places").valueStream().toList();
    assertThat(all)
        .extracting(it -> it.get(0).asInt() + it.get(3).asString())
        .containsExactlyInAnyOrder("0d", "1b", "2c");
  }

  @Test
  void theInstancesOfAFleetAreToldEachSecondWhereThereAreSome() {
    look(place(1, "a", State.IDLE, 1));
    assertThat(picture.all(1_000)).doesNotContain("fleet");
    fleet =
        Optional.of(
            new FleetStatus(
                2,
                10,
                30,
                List.of(
                    new FleetStatus.Member("0a", 18, 17, false),
                    new FleetStatus.Member("0b", 10, 3, true))));
    picture.look(pools(place(1, "a", State.IDLE, 1)), 2_000);
    picture.second(new AcquireTimes().take(), 2_000);
    JsonNode told = JsonMapper.shared().readTree(picture.change()).get("fleet");
    assertThat(told).hasToString("{\"limit\":30,\"members\":[[\"0a\",18,17,0],[\"0b\",10,3,1]]}");
  }

  @Test
  void aHostileNameIsOneStringOnOneLine() {
    picture.look(pools(place(1, HOSTILE, State.LENT, 1)), 1_000);
    String all = picture.all(1_000);
    assertThat(all).doesNotContain("\n").doesNotContain("\r").doesNotContain("\u2028");
    assertThat(JsonMapper.shared().readTree(all).at("/places/0/3").asString()).isEqualTo(HOSTILE);
    assertThat(picture.change()).doesNotContain("\n");
  }

  @Test
  void theApplicationIsToldFromPeople() {
    assertThat(look(place(1, "sp", State.LENT, 1)).get(0).get(3).asString())
        .isEqualTo("the application");
  }

  @Test
  void aMaskedPersonsColourDoesNotTellWhoTheyAre() {
    Person here = new People(true, user -> false).of("alice@example.com");
    Person elsewhere = new People(true, user -> false).of("alice@example.com");
    assertThat(here.label()).isEqualTo("a***@example.com");
    assertThat(here.key()).isNotEqualTo(elsewhere.key());
  }

  @Test
  void fiveHundredPlacesAreSaidInFiftyKilobytes() {
    Place[] places =
        IntStream.range(0, 500)
            .mapToObj(i -> place(i, "somebody-%s@example.com".formatted(i), State.LENT, 1))
            .toArray(Place[]::new);
    picture.look(pools(places), 1_700_000_000_000L);
    assertThat(picture.all(1_700_000_000_000L).length()).isLessThan(50_000);
    assertThat(Stream.of(picture.change()).mapToInt(String::length).sum()).isLessThan(50_000);
  }
}
