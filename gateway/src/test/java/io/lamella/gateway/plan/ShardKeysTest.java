package io.lamella.gateway.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Matcher;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The bounds of a shard's sort key rule shards out, and never one with a row that matches.
class ShardKeysTest {
  private static final List<String> SORT_KEY = List.of("a", "b");

  private static Optional<Matcher> excluding(
      List<String> first, List<String> last, Matcher... matchers) {
    return ShardKeys.excluding(SampleMetas.shard(0, 1, first, last), SORT_KEY, List.of(matchers));
  }

  @Test
  void aValueOutsideTheBoundsIsExcluded() {
    Matcher m = Matcher.equal("a", "requests");
    assertEquals(Optional.of(m), excluding(List.of("s", ""), List.of("up", ""), m));
    assertEquals(Optional.of(m), excluding(List.of("a", ""), List.of("b", ""), m));
    assertEquals(Optional.empty(), excluding(List.of("requests", "5"), List.of("z", ""), m));
  }

  @Test
  void theSecondLabelCountsWhereTheFirstHasOneValue() {
    Matcher m = Matcher.equal("b", "3");
    assertEquals(Optional.of(m), excluding(List.of("x", "4"), List.of("x", "9"), m));
    assertEquals(Optional.empty(), excluding(List.of("x", "4"), List.of("y", "9"), m));
  }

  @Test
  void aShardOfOneKeyIsTestedExactly() {
    Matcher m = Matcher.of(Matcher.Type.NOT_REGEX, "a", "x|y");
    assertEquals(Optional.of(m), excluding(List.of("x", ""), List.of("x", "9"), m));
  }

  @Test
  void noShardWithAMatchingRowIsExcluded() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] texts = {"", "a", "ab", "abc", "b", "ba", "é", "\ud83d\ude00", "z"};
    String[] patterns = {"a.*", "ab?", ".*", ".+", "a|b|", "(é|z).*", "abc|zz", ""};
    for (int round = 0; round < 20_000; round++) {
      List<List<String>> rows = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        rows.add(List.of(texts[random.nextInt(texts.length)], texts[random.nextInt(texts.length)]));
      }
      rows.sort(SortKey::compare);
      Matcher.Type type = Matcher.Type.values()[random.nextInt(Matcher.Type.values().length)];
      String text =
          type == Matcher.Type.EQUAL || type == Matcher.Type.NOT_EQUAL
              ? texts[random.nextInt(texts.length)]
              : patterns[random.nextInt(patterns.length)];
      int label = random.nextInt(2);
      Matcher m = Matcher.of(type, SORT_KEY.get(label), text);
      boolean matches = rows.stream().anyMatch(r -> m.matches(r.get(label)));
      assertTrue(
          !matches || excluding(rows.getFirst(), rows.getLast(), m).isEmpty(),
          () -> "seed " + seed + ": " + m + " of " + rows);
    }
  }
}
