package io.lamella.converter.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.Labels;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Two converters read the same source blocks, one of them before a tombstone was added, and it
/// publishes last, so neither block names the other.
class StaleBlocksTest {
  private static final long DAY = Planner.DAY_MILLIS;
  private final PlannedBucket bucket = new PlannedBucket();

  private static SourceBlock source(int n, String state) {
    return PlannedBucket.withState(PlannedBucket.block(n, 0, DAY, Labels.EMPTY, Set.of()), state);
  }

  @Test
  void theBlockOfTheSourceAsItIsNowIsKept() {
    for (int n = 1; n <= 64; n++) {
      PlannedBucket other = new PlannedBucket();
      String a = String.format("a%015x", n);
      String b = String.format("b%015x", n);
      other.add(source(n, a));
      WorkItem stale = other.plan().items().getFirst();
      other.add(source(n, b));
      WorkItem right = other.plan().items().getFirst();
      other.publish(right);
      other.publish(stale);

      Plan plan = other.plan();

      assertEquals(List.of(), plan.items());
      assertEquals(List.of(stale.target()), plan.superseded());
    }
  }

  @Test
  void whereBothAreStaleTheDayIsPlannedAgainAndNeitherIsMarkedBefore() {
    bucket.add(source(1, "a".repeat(16)));
    List<WorkItem> first = bucket.plan().items();
    bucket.add(source(1, "b".repeat(16)));
    bucket.convert();
    first.forEach(bucket::publish);
    bucket.add(source(1, "c".repeat(16)));

    Plan plan = bucket.plan();

    assertEquals(2, plan.items().getFirst().lineage().replaces().size());
    assertEquals(List.of(), plan.superseded());
  }

  @Test
  void aStaleBlockOfMoreLeavesHidesNoCurrentOne() {
    bucket.add(source(1, "a".repeat(16)));
    bucket.add(source(2, "a".repeat(16)));
    List<WorkItem> stale = bucket.plan().items();
    bucket.remove(2);
    bucket.add(source(1, "b".repeat(16)));
    bucket.convert();
    stale.forEach(bucket::publish);

    Plan plan = bucket.plan();

    assertEquals(List.of(), plan.items());
    assertEquals(List.of(), plan.superseded());
  }
}
