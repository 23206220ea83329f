package dev.onbehalf.pool.internal.evicting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EvictionPolicyTest {
  private final EvictionPolicy policy = new EvictionPolicy(10);

  private static final class Connection extends EvictionCandidate {
    boolean evictable = true;

    @Override
    protected boolean isEvictable() {
      return evictable;
    }
  }

  private Connection open(String user) {
    Connection connection = new Connection();
    policy.opened(connection, EvictionPolicy.key(user, 1));
    return connection;
  }

  private void use(Connection connection, int times) {
    for (int i = 0; i < times; i++) {
      policy.acquired(connection);
    }
  }

  @Test
  void aBudgetBelowOneIsRefused() {
    assertThatThrownBy(() -> new EvictionPolicy(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("budget")
        .hasMessageContaining("0");
  }

  @Test
  void nobodyIsChosenAmongNone() {
    assertThat(policy.victim()).isNull();
  }

  @Test
  void nobodyIsChosenWhereNothingIsEvictable() {
    open("alice").evictable = false;
    open("bob").evictable = false;

    assertThat(policy.victim()).isNull();
  }

  @Test
  void whoIsUsedOftenStaysAndWhoIsUsedOnceGoes() {
    Connection often = open("often");
    use(often, 50);
    Connection once = open("once");

    assertThat(policy.victim()).isSameAs(once);
  }

  @Test
  void aConnectionInUseIsNeverChosenHoweverLittleItIsWorth() {
    Connection often = open("often");
    use(often, 50);
    open("once").evictable = false;

    assertThat(policy.victim()).isSameAs(often);
  }

  @Test
  void theOnlyEvictableOneIsFoundAmongThousandsInUse() {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      all.add(open("user" + i));
    }
    all.forEach(connection -> connection.evictable = false);
    all.get(1_234).evictable = true;

    assertThat(policy.victim()).isSameAs(all.get(1_234));
  }

  @Test
  void aClosedConnectionIsNotChosenAndClosingTwiceIsHarmless() {
    Connection gone = open("gone");
    Connection here = open("here");
    use(here, 5);

    policy.closed(gone);
    policy.closed(gone);

    assertThat(policy.victim()).isSameAs(here);
  }

  @Test
  void aUserWhoComesBackIsRememberedAsARegular() {
    Connection regular = open("regular");
    use(regular, 50);
    policy.closed(regular);

    Connection back = open("regular");
    Connection newcomer = open("newcomer");

    assertThat(back.count).isGreaterThan(40);
    assertThat(policy.victim()).isSameAs(newcomer);
  }

  @Test
  void aSecondConnectionHasAHistoryOfItsOwn() {
    Connection first = open("alice");
    use(first, 50);
    policy.closed(first);

    Connection second = new Connection();
    policy.opened(second, EvictionPolicy.key("alice", 2));

    assertThat(second.count).isEqualTo(1);
  }

  @Test
  void anOldFavouriteFadesWhenOthersCome() {
    Connection favourite = open("favourite");
    use(favourite, 200);
    SplittableRandom random = new SplittableRandom(1);
    List<Connection> others = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      others.add(open("other" + i));
    }

    int served = 0;
    EvictionCandidate victim = others.get(0);
    while (victim != favourite && served < 10_000) {
      use(others.get(random.nextInt(others.size())), 1);
      if (++served % 10 == 0) {
        victim = policy.victim();
      }
    }

    assertThat(served).isLessThan(10_000);
  }

  @Test
  void theChoiceIsAlwaysAmongTheOpenOnesWhateverOpensAndCloses() {
    SplittableRandom random = new SplittableRandom(42);
    Set<EvictionCandidate> open = new HashSet<>();
    for (int i = 0; i < 50_000; i++) {
      if (open.size() < 200 && (open.isEmpty() || random.nextInt(3) > 0)) {
        open.add(open("user" + random.nextInt(1_000)));
      } else {
        EvictionCandidate victim = Objects.requireNonNull(policy.victim());
        assertThat(open.remove(victim)).as("open, at step %d of seed 42", i).isTrue();
        policy.closed(victim);
      }
    }
  }

  @Test
  void decayFollowsTheExponentialAndEndsAtZero() {
    assertThat(EvictionPolicy.decay(0, 1_000)).isEqualTo(1);
    assertThat(EvictionPolicy.decay(100, 1_000)).isBetween(0.89f, 0.91f);
    assertThat(EvictionPolicy.decay(1_000, 1_000)).isBetween(0.33f, 0.38f);
    assertThat(EvictionPolicy.decay(1_000_000, 1_000)).isZero();
    assertThat(EvictionPolicy.decay(-1, 1_000)).as("the clock has wrapped").isZero();
  }
}
