package io.lamella.gateway.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Matcher;
import io.lamella.model.Matcher.Type;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.read.ColumnPages;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class PageBoundsTest {
  private static final int SEEDS = 2_000;

  /// One column whose pages have the values that are given, with exact bounds.
  private static ColumnPages column(Random random, List<String> values) {
    RandomFileMetadata file = new RandomFileMetadata(random, List.of("l_job"));
    file.add(List.of(values));
    return file.build().rowGroups().getFirst().column("l_job").orElseThrow();
  }

  private static boolean mightMatch(Matcher matcher, String value) {
    // Seeds differ in how the bounds are truncated; with any of them a match must not be ruled out.
    IntPredicate all = PageBounds.mightMatch(column(EXACT, List.of(value)), matcher);
    return all.test(0);
  }

  /// Bounds are exact where the next boolean is true.
  private static final Random EXACT =
      new Random() {
        @Override
        public boolean nextBoolean() {
          return true;
        }
      };

  @Test
  void aPageThatHoldsAMatchIsNeverRuledOut() {
    int ruledOut = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      RandomShard shard = new RandomShard(random);
      List<Matcher> matchers = shard.matchers();
      for (int group = 0; group < shard.groups(); group++) {
        for (Matcher m : matchers) {
          if (m.name().equals("missing")) {
            continue;
          }
          ColumnPages column =
              shard
                  .files()
                  .labels()
                  .rowGroups()
                  .get(group)
                  .column(BlockSchema.labelColumn(m.name()))
                  .orElseThrow();
          IntPredicate mightMatch = PageBounds.mightMatch(column, m);
          for (int p = 0; p < column.pages(); p++) {
            boolean matches =
                shard.group(group).subList(column.firstRow(p), column.endRow(p)).stream()
                    .anyMatch(r -> r.matches(List.of(m)));
            assertTrue(mightMatch.test(p) || !matches, "seed " + seed + ": " + m + " page " + p);
            ruledOut += mightMatch.test(p) ? 0 : 1;
          }
        }
      }
    }
    assertTrue(ruledOut > 500, ruledOut + " pages ruled out");
  }

  @Test
  void aValueOutsideTheBoundsIsRuledOut() {
    assertEquals(true, mightMatch(Matcher.equal("job", "b"), "b"));
    assertEquals(false, mightMatch(Matcher.equal("job", "a"), "b"));
    assertEquals(false, mightMatch(Matcher.equal("job", "c"), "b"));
    assertEquals(false, mightMatch(Matcher.equal("job", "ba"), "b"));
  }

  @Test
  void anAlternativeWithinTheBoundsIsEnough() {
    Matcher m = Matcher.of(Type.REGEX, "job", "a|b|z");
    assertEquals(true, mightMatch(m, "b"));
    assertEquals(false, mightMatch(m, "c"));
  }

  @Test
  void aPrefixIsComparedWithBothBounds() {
    Matcher m = Matcher.of(Type.REGEX, "job", "ab.*");
    assertEquals(true, mightMatch(m, "ab"));
    assertEquals(true, mightMatch(m, "abz"));
    assertEquals(false, mightMatch(m, "aa"));
    assertEquals(false, mightMatch(m, "ac"));
    assertEquals(false, mightMatch(m, "a"));
  }

  @Test
  void aPageWithoutValuesMatchesOnlyMatchersOfTheEmptyValue() {
    List<Matcher> matching = new ArrayList<>();
    matching.add(Matcher.equal("job", ""));
    matching.add(Matcher.of(Type.NOT_EQUAL, "job", "a"));
    matching.add(Matcher.of(Type.REGEX, "job", ".*"));
    matching.add(Matcher.of(Type.NOT_REGEX, "job", "a.*"));
    for (Matcher m : matching) {
      assertEquals(true, mightMatch(m, ""), m.toString());
    }
    for (Matcher m :
        List.of(
            Matcher.equal("job", "a"),
            Matcher.of(Type.NOT_EQUAL, "job", ""),
            Matcher.of(Type.REGEX, "job", ".+"),
            Matcher.of(Type.NOT_REGEX, "job", "a?"))) {
      assertEquals(false, mightMatch(m, ""), m.toString());
    }
  }

  @Test
  void aNegativeMatcherRulesNoPageWithValuesOut() {
    assertEquals(true, mightMatch(Matcher.of(Type.NOT_EQUAL, "job", "b"), "b"));
    assertEquals(true, mightMatch(Matcher.of(Type.NOT_REGEX, "job", "b.*"), "b"));
  }
}
