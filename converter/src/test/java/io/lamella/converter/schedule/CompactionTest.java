package io.lamella.converter.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Compaction of the source plans no day that is done.
class CompactionTest {
  private static final long DAY = Planner.DAY_MILLIS;
  private static final long HOUR = DAY / 24;
  private static final int DAYS = 14;
  private final PlannedBucket bucket = new PlannedBucket();
  private final List<SourceBlock> level = new ArrayList<>();
  private int next = 1;

  private SourceBlock add(long from, long to, Set<Ulid> sources) {
    SourceBlock b = PlannedBucket.block(next++, from, to, Labels.of("c", "1"), sources);
    bucket.add(b);
    return b;
  }

  private void scrape(int days) {
    for (long at = 0; at < days * DAY; at += 2 * HOUR) {
      level.add(add(at, at + 2 * HOUR, Set.of()));
    }
  }

  /// Replaces blocks by larger ones.
  private void compact(long width) {
    List<SourceBlock> compacted = new ArrayList<>();
    for (long at = 0; at < DAYS * DAY; at += width) {
      long start = at;
      List<SourceBlock> parts =
          level.stream()
              .filter(b -> b.minTimeMillis() >= start && b.maxTimeMillis() <= start + width)
              .toList();
      if (parts.size() > 1) {
        Set<Ulid> sources = new HashSet<>();
        parts.forEach(p -> sources.addAll(p.sources()));
        compacted.add(add(start, start + width, sources));
        parts.forEach(p -> bucket.remove((int) p.ulid().low()));
      } else {
        compacted.addAll(parts);
      }
    }
    level.clear();
    level.addAll(compacted);
  }

  private int convert(long now) {
    long complete = now - Duration.ofHours(48).toMillis();
    bucket.selection = DaySelection.ALL.withTimes(new TimeSpan(Long.MIN_VALUE / 2, complete));
    return bucket.convert().size();
  }

  @Test
  void fourteenDaysAreConvertedOnceWhateverIsCompacted() {
    scrape(DAYS);
    int conversions = convert(20 * DAY);
    for (long width : new long[] {8 * HOUR, 2 * DAY, 14 * DAY}) {
      compact(width);
      conversions += convert(20 * DAY);
    }
    assertEquals(DAYS, conversions);

    // A late block of one day.
    add(3 * DAY + HOUR, 3 * DAY + 2 * HOUR, Set.of());
    assertEquals(1, convert(20 * DAY));
    assertEquals(0, convert(20 * DAY));
  }

  @Test
  void daysThatFinishBetweenTheCompactionsAreConvertedOnce() {
    for (boolean remembered : new boolean[] {true, false}) {
      PlannerRun run = new PlannerRun(remembered);
      assertEquals(DAYS, run.conversions(), remembered ? "with leaves.json" : "without");
    }
  }

  /// Scrapes and converts day by day, while the source is compacted.
  private static final class PlannerRun {
    private final CompactionTest test = new CompactionTest();
    private final boolean remembered;

    PlannerRun(boolean remembered) {
      this.remembered = remembered;
    }

    int conversions() {
      int total = 0;
      for (int day = 0; day < DAYS + 3; day++) {
        if (day < DAYS) {
          for (long at = day * DAY; at < (day + 1) * DAY; at += 2 * HOUR) {
            test.level.add(test.add(at, at + 2 * HOUR, Set.of()));
          }
        }
        // Before the compactor runs, and after each of its steps.
        total += run(day + 1);
        test.compact(8 * HOUR);
        total += run(day + 1);
        if (day % 2 == 1) {
          test.compact(2 * DAY);
          total += run(day + 1);
        }
        if (day >= DAYS - 1) {
          test.compact(14 * DAY);
          total += run(day + 1);
        }
      }
      return total;
    }

    private int run(int days) {
      if (!remembered) {
        test.bucket.forgetLeaves();
      }
      return test.convert(days * DAY);
    }
  }

  @Test
  void aLateBlockThatIsCompactedAfterwardsCostsOneMoreDay() {
    scrape(DAYS);
    assertEquals(DAYS, convert(20 * DAY));
    level.add(add(3 * DAY, 3 * DAY + 2 * HOUR, Set.of()));
    assertEquals(1, convert(20 * DAY));
    compact(8 * HOUR);
    compact(2 * DAY);
    assertEquals(0, convert(20 * DAY));
    compact(14 * DAY);
    assertEquals(0, convert(20 * DAY));
  }

  @Test
  void aBlockOfUnknownLeavesIsReadForEachDayOfItsTimes() {
    // Compacted before the first run: which leaf touches which day is not known.
    Set<Ulid> leaves = new HashSet<>();
    for (int n = 1000; n < 1168; n++) {
      leaves.add(PlannedBucket.ulid(n));
    }
    add(0, 14 * DAY, leaves);
    assertEquals(DAYS, convert(20 * DAY));
    assertEquals(0, convert(20 * DAY));
  }

  @Test
  void sixHundredFoldedStreamsOfAYearArePlannedInSeconds() {
    PlannedBucket folded = new PlannedBucket();
    folded.rules = new BlockMeta.Rules(Set.of(), BlockMeta.Dedup.MERGE, List.of("dc_id"));
    int n = 1;
    for (int dc = 0; dc < 600; dc++) {
      Labels external = Labels.of("dc_id", Integer.toString(dc));
      for (int day = 0; day < 365; day++) {
        Set<Ulid> leaves = Set.of(PlannedBucket.ulid(n + 1), PlannedBucket.ulid(n + 2));
        folded.add(PlannedBucket.block(n, day * DAY, (day + 1) * DAY, external, leaves));
        n += 3;
      }
    }
    long start = System.nanoTime();
    assertEquals(365, folded.convert().size());
    assertEquals(0, folded.plan().items().size());
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("two plans of 600 streams and 365 days: %.1f s%n", seconds);
    assertTrue(seconds < 20, seconds + " s");
  }
}
