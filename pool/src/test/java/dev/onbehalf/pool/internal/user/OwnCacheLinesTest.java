package dev.onbehalf.pool.internal.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.internal.evicting.EvictionCandidate;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a lease writes is near nothing that another processor's lease writes. */
class OwnCacheLinesTest {
  private static final long TWO_LINES = 128;

  @Test
  void noFieldOfAConnectionIsWithinTwoCacheLinesOfTheObjectBeforeIt() throws Exception {
    List<Field> fields =
        Stream.of(EvictionCandidate.class, Entry.class)
            .flatMap(type -> Stream.of(type.getDeclaredFields()))
            .filter(field -> !Modifier.isStatic(field.getModifiers()))
            .toList();

    assertThat(fields).extracting(Field::getName).contains("state", "count", "lastUsed");
    for (Field field : fields) {
      assertThat(offset(field)).as(field.getName()).isGreaterThanOrEqualTo(TWO_LINES);
    }
  }

  /** By reflection, for the compiler warns of the class, and no warning passes. */
  private static long offset(Field field) throws Exception {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field instance = type.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    Method offset = type.getMethod("objectFieldOffset", Field.class);
    return (long) offset.invoke(instance.get(null), field);
  }
}
