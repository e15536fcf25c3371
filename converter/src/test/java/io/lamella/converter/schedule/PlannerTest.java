package io.lamella.converter.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which days are planned, of what, and what they replace.
class PlannerTest {
  private static final long DAY = Planner.DAY_MILLIS;
  private PlannedBucket bucket = new PlannedBucket();

  private static SourceBlock source(int n, Ulid... sources) {
    return PlannedBucket.block(n, 0, DAY, Labels.EMPTY, Set.of(sources));
  }

  private static Ulid ulid(int n) {
    return PlannedBucket.ulid(n);
  }

  private WorkItem only() {
    List<WorkItem> items = bucket.plan().items();
    assertEquals(1, items.size());
    return items.getFirst();
  }

  @Test
  void aBlockWithAllSourcesOfAnEarlierOneReplacesIt() {
    bucket.add(source(1));
    WorkItem first = bucket.convert().getFirst();
    bucket.add(source(2));

    assertEquals(List.of(first.target()), only().lineage().replaces());
  }

  @Test
  void aBlockNamesAlsoWhatTheReplacedOnesReplaced() {
    bucket.add(source(1));
    WorkItem first = bucket.convert().getFirst();
    bucket.add(source(2));
    WorkItem second = bucket.convert().getFirst();
    bucket.add(source(3));
    WorkItem third = bucket.convert().getFirst();
    assertEquals(Set.of(first.target(), second.target()), Set.copyOf(third.lineage().replaces()));

    bucket.remove(second.target());

    assertEquals(List.of(), bucket.plan().items());
    assertEquals(List.of(), bucket.plan().superseded());
    bucket.add(source(4));
    assertEquals(Set.of(first.target(), third.target()), Set.copyOf(only().lineage().replaces()));
  }

  /// While the meta of another day cannot be read, less is known of the times of leaves.
  @Test
  void aBlockThatNamesALeafOfAnotherDayIsReplaced() {
    bucket.add(PlannedBucket.block(1, 0, DAY, Labels.EMPTY, Set.of()));
    bucket.add(PlannedBucket.block(2, DAY, 2 * DAY, Labels.EMPTY, Set.of()));
    List<WorkItem> first = bucket.convert();
    bucket.remove(1);
    bucket.remove(2);
    bucket.add(PlannedBucket.block(3, 0, 2 * DAY, Labels.EMPTY, Set.of(ulid(1), ulid(2))));
    bucket.remove(first.getFirst().target());
    bucket.forgetLeaves();
    WorkItem broad = bucket.convert().getLast();
    assertEquals(DAY, broad.dayMillis());
    assertEquals(2, broad.lineage().sources().size());
    bucket.publish(first.getFirst());
    bucket.add(PlannedBucket.block(4, DAY, 2 * DAY, Labels.EMPTY, Set.of()));

    WorkItem late = only();

    assertEquals(2, late.lineage().sources().size());
    assertEquals(
        Set.of(first.getLast().target(), broad.target()), Set.copyOf(late.lineage().replaces()));
  }

  @Test
  void lateDataDoesNotHideADayWhoseSourcesAreGone() {
    bucket.add(source(1));
    bucket.convert();
    bucket.remove(1);
    bucket.add(source(2));

    assertEquals(List.of(), only().lineage().replaces());
  }

  @Test
  void compactionOrDeletionOfSourcesDoesNotConvertADayAgain() {
    bucket.add(source(1));
    bucket.add(source(2));
    bucket.convert();
    bucket.remove(1);
    assertEquals(List.of(), bucket.plan().items());

    bucket.remove(2);
    bucket.add(source(3, ulid(1), ulid(2)));
    assertEquals(List.of(), bucket.plan().items());
  }

  @Test
  void blocksThatWereCompactedIntoAnotherAreLeftOut() {
    bucket.add(source(1));
    bucket.add(source(3, ulid(1), ulid(2)));

    assertEquals(List.of(ulid(3)), only().blocks());
    assertEquals(ulid(1), bucket.plan().skipped().getFirst().block());
  }

  @Test
  void aBlockOfOtherExternalLabelsHidesNoOther() {
    bucket.add(source(1));
    bucket.add(PlannedBucket.block(3, 0, DAY, Labels.of("replica", "b"), Set.of(ulid(1), ulid(2))));

    assertEquals(2, bucket.plan().items().size());
  }

  @Test
  void downsampledBlocksAreLeftOut() {
    SourceBlock raw = source(1);
    bucket.add(
        new SourceBlock(
            raw.ulid(),
            new BlockMeta.Coverage(Labels.EMPTY, 0, DAY, 300_000),
            raw.sources(),
            raw.parents(),
            raw.files()));

    assertEquals(List.of(), bucket.plan().items());
    assertEquals("downsampled to 300000 ms", bucket.plan().skipped().getFirst().why());
  }

  @Test
  void aChangedSortKeyPlansADayAgainAlsoOneOfBefore() {
    bucket.add(source(1));
    WorkItem first = bucket.convert().getFirst();
    SortKey before = bucket.sortKey;
    bucket.sortKey = SortKey.parse("__name__");
    WorkItem second = bucket.convert().getFirst();
    assertEquals(List.of(first.target()), second.lineage().replaces());
    assertEquals(List.of(), bucket.plan().items());

    bucket.sortKey = before;
    WorkItem third = bucket.convert().getFirst();
    assertTrue(third.lineage().replaces().contains(second.target()));
    assertEquals(1, third.lineage().generation());
    assertEquals(List.of(), bucket.plan().items());
  }

  @Test
  void aTombstoneOrRepairAfterPublicationPlansTheDayAgain() {
    bucket.add(source(1));
    bucket.add(PlannedBucket.block(2, DAY, 2 * DAY, Labels.EMPTY, Set.of()));
    List<WorkItem> first = bucket.convert();
    bucket.remove(1);
    bucket.add(PlannedBucket.withState(source(1), "fedcba9876543210"));

    WorkItem again = only();

    assertEquals(0, again.dayMillis());
    assertEquals(List.of(first.getFirst().target()), again.lineage().replaces());
    assertNotEquals(first.getFirst().target(), again.target());
    bucket.convert();
    assertEquals(List.of(), bucket.plan().items());
  }

  @Test
  void aTombstoneOnABlockThatWasCompactedAfterPublicationPlansTheDayAgain() {
    bucket.add(source(1));
    bucket.add(source(2));
    WorkItem first = bucket.convert().getFirst();
    bucket.remove(1);
    bucket.remove(2);
    SourceBlock compacted = source(3, ulid(1), ulid(2));
    bucket.add(compacted);
    assertEquals(List.of(), bucket.plan().items());

    bucket.add(PlannedBucket.withTombstone(compacted));
    WorkItem again = only();

    assertEquals(List.of(first.target()), again.lineage().replaces());
    bucket.convert();
    assertEquals(List.of(), bucket.plan().items());
  }

  @Test
  void ofTwoBlocksOfTheSameLeavesTheOneMadeBeforeATombstoneIsSuperseded() {
    for (int i = 0; i < 8; i++) {
      bucket = new PlannedBucket();
      bucket.add(source(1));
      WorkItem slow = only();
      bucket.remove(1);
      bucket.add(PlannedBucket.withState(source(1), "fedcba987654321" + i));
      WorkItem current = bucket.convert().getFirst();
      bucket.publish(slow);

      assertEquals(List.of(slow.target()), bucket.plan().superseded());
      bucket.mark(slow.target());
      assertEquals(List.of(), bucket.plan().items(), () -> current + " is done");
    }
  }

  @Test
  void aChangedReplicaLabelPlansTheDayAgainAndReplacesTheOldBlocks() {
    bucket.add(PlannedBucket.block(1, 0, DAY, Labels.of("r", "a"), Set.of()));
    bucket.add(PlannedBucket.block(2, 0, DAY, Labels.of("r", "b"), Set.of()));
    List<Ulid> first = bucket.convert().stream().map(WorkItem::target).sorted().toList();
    assertEquals(2, first.size());
    bucket.rules = new BlockMeta.Rules(Set.of("r"), BlockMeta.Dedup.MERGE, List.of());

    WorkItem merged = bucket.convert().getFirst();

    assertEquals(Labels.EMPTY, merged.stream());
    assertEquals(first, merged.lineage().replaces());
    assertEquals(
        List.of(Labels.of("r", "a"), Labels.of("r", "b")),
        merged.reads().stream().map(WorkItem.Read::replica).toList());

    // And back: each of the two has a part of the merged block. Without it, the blocks that it
    // replaces would show again.
    bucket.rules = BlockMeta.Rules.NONE;
    assertEquals(2, bucket.convert().size());
    assertEquals(
        List.of(first.getFirst(), first.getLast(), merged.target()), bucket.plan().superseded());
  }

  @Test
  void aBlockWhoseSourceIsAPartOfWhatAnotherIsMadeOfIsSuperseded() {
    // A compacted block with samples outside of what its meta states is a source itself.
    Labels a = Labels.of("r", "a");
    bucket.rules = new BlockMeta.Rules(Set.of("r"), BlockMeta.Dedup.MERGE, List.of());
    bucket.add(PlannedBucket.block(3, 0, DAY / 2, a, Set.of(PlannedBucket.ulid(1))));
    bucket.add(PlannedBucket.block(2, 0, DAY, Labels.of("r", "b"), Set.of()));
    bucket.real(PlannedBucket.ulid(3), new TimeSpan(0, DAY));
    WorkItem merged = bucket.convert().getFirst();
    bucket.publishWithSource(merged, PlannedBucket.ulid(3));
    bucket.remove(3);
    SourceBlock larger =
        PlannedBucket.block(4, 0, DAY, a, Set.of(PlannedBucket.ulid(1), PlannedBucket.ulid(5)));
    bucket.add(
        new SourceBlock(
            larger.ulid(),
            larger.coverage(),
            larger.sources(),
            Map.of(PlannedBucket.ulid(3), new TimeSpan(0, DAY / 2)),
            larger.files()));
    bucket.rules = BlockMeta.Rules.NONE;
    assertEquals(2, bucket.convert().size());

    assertEquals(List.of(merged.target()), bucket.plan().superseded());
  }

  @Test
  void aBlockWhoseSourceIsTwoCompactionsAwayIsNotReplaced() {
    bucket.add(PlannedBucket.block(3, 0, DAY / 2, Labels.EMPTY, Set.of(ulid(1))));
    bucket.real(ulid(3), new TimeSpan(0, DAY));
    WorkItem first = bucket.convert().getFirst();
    bucket.publishWithSource(first, ulid(3));
    bucket.remove(3);
    SourceBlock larger = source(6, ulid(1), ulid(5));

    bucket.add(withParent(larger, 3));
    assertEquals(List.of(first.target()), only().lineage().replaces());

    bucket.add(withParent(larger, 4));
    assertEquals(List.of(), only().lineage().replaces());
  }

  private static SourceBlock withParent(SourceBlock b, int parent) {
    return new SourceBlock(
        b.ulid(),
        b.coverage(),
        b.sources(),
        Map.of(ulid(parent), new TimeSpan(0, DAY / 2)),
        b.files());
  }

  @Test
  void aChangedDeduplicationPlansTheDayAgain() {
    bucket.add(source(1));
    WorkItem first = bucket.convert().getFirst();
    bucket.rules = new BlockMeta.Rules(Set.of(), BlockMeta.Dedup.PENALTY, List.of());

    assertEquals(List.of(first.target()), only().lineage().replaces());
  }

  @Test
  void foldLabelsMoveFromTheStreamToTheRows() {
    bucket.rules = new BlockMeta.Rules(Set.of(), BlockMeta.Dedup.MERGE, List.of("dc_id"));
    bucket.add(PlannedBucket.block(1, 0, DAY, Labels.of("dc_id", "1", "env", "p"), Set.of()));
    bucket.add(PlannedBucket.block(2, 0, DAY, Labels.of("dc_id", "2", "env", "p"), Set.of()));

    WorkItem item = only();

    assertEquals(Labels.of("env", "p"), item.stream());
    assertEquals(
        List.of(Labels.of("dc_id", "1"), Labels.of("dc_id", "2")),
        item.reads().stream().map(WorkItem.Read::rowLabels).toList());
  }

  @Test
  void aRebuildPlansDaysThatAreDoneAndReplacesThem() {
    bucket.add(source(1));
    WorkItem first = bucket.convert().getFirst();
    bucket.selection = bucket.selection.withDone(DaySelection.DoneDays.REBUILT);

    WorkItem rebuilt = bucket.convert().getFirst();

    assertEquals(List.of(first.target()), rebuilt.lineage().replaces());
    assertEquals(1, rebuilt.lineage().generation());
    bucket.selection = bucket.selection.withDone(DaySelection.DoneDays.SKIPPED);
    assertEquals(List.of(), bucket.plan().items());
  }

  @Test
  void aBlockMarkedForDeletionDoesNotCountAsPublished() {
    bucket.add(source(1));
    WorkItem first = bucket.convert().getFirst();
    bucket.mark(first.target());

    WorkItem again = only();

    assertEquals(1, again.lineage().generation());
    assertEquals(List.of(), again.lineage().replaces());
  }

  @Test
  void anEmptyDayIsRemembered() {
    bucket.add(source(1));
    bucket.convertEmpty();

    assertEquals(List.of(), bucket.plan().items());
    assertEquals(1, bucket.plan().published());
  }

  @Test
  void aDayWhoseSourceIsDamagedWaits() {
    bucket.add(source(1));
    bucket.damage(source(2));

    assertEquals(List.of(), bucket.plan().items());
    assertEquals(ulid(2), bucket.plan().waiting().getFirst().block());
  }

  @Test
  void aDamagedBlockWhoseLeavesAreInAnotherKeepsNoDayWaiting() {
    bucket.add(source(3, ulid(1), ulid(2)));
    bucket.damage(source(2));

    assertEquals(1, bucket.plan().items().size());
    assertEquals(List.of(), bucket.plan().waiting());
  }

  @Test
  void aDamagedCompactedBlockKeepsOnlyTheDaysOfLeavesThatAreNowhereElseWaiting() {
    bucket.add(PlannedBucket.block(1, 0, DAY, Labels.EMPTY, Set.of()));
    bucket.add(PlannedBucket.block(2, DAY, 2 * DAY, Labels.EMPTY, Set.of()));
    bucket.damage(PlannedBucket.block(4, 0, 3 * DAY, Labels.EMPTY, Set.of(ulid(1), ulid(2))));

    assertEquals(
        List.of(0L, DAY), bucket.plan().items().stream().map(WorkItem::dayMillis).toList());
    assertEquals(List.of(), bucket.plan().waiting());

    bucket.remove(2);
    assertEquals(
        List.of(LocalDate.ofEpochDay(0), LocalDate.ofEpochDay(1), LocalDate.ofEpochDay(2)),
        bucket.plan().waiting().stream().map(Plan.Waiting::day).toList());
  }

  @Test
  void samplesOutsideOfABlocksTimesPlanFurtherDays() {
    bucket.add(source(1));
    bucket.real(ulid(1), new TimeSpan(0, 2 * DAY + 1));
    List<WorkItem> items = bucket.convert();

    assertEquals(3, items.size());
    assertEquals(new BlockMeta.Source(ulid(1), 0, 2 * DAY + 1, 0), sources(items.get(2)));
    bucket.forgetReal();
    assertEquals(List.of(), bucket.plan().items());
    // What was published says so, in case that the last days were not.
    bucket.remove(items.get(2).target());
    assertEquals(1, bucket.plan().items().size());
  }

  private static BlockMeta.Source sources(WorkItem item) {
    assertEquals(1, item.lineage().sources().size());
    return item.lineage().sources().getFirst();
  }

  @Test
  void onlySelectedDaysAndStreamsArePlanned() {
    for (int n = 1; n <= 3; n++) {
      bucket.add(
          PlannedBucket.block(n, 0, 10 * DAY, Labels.of("c", Integer.toString(n)), Set.of()));
    }
    bucket.selection =
        bucket
            .selection
            .withTimes(new TimeSpan(3 * DAY + 1, 6 * DAY))
            .withStream(List.of(Matcher.of(Matcher.Type.REGEX, "c", "1|2")))
            .withOrder(DaySelection.Order.NEWEST_FIRST);

    List<WorkItem> items = bucket.plan().items();

    assertEquals(
        List.of(5L, 5L, 4L, 4L, 3L, 3L), items.stream().map(i -> i.dayMillis() / DAY).toList());
    assertEquals(Labels.of("c", "1"), items.getFirst().stream());
  }

  @Test
  void shardsAreDisjointAndCompleteAndKeepFortnightsTogether() {
    for (int n = 1; n <= 5; n++) {
      bucket.add(
          PlannedBucket.block(n, 0, 56 * DAY, Labels.of("c", Integer.toString(n)), Set.of()));
    }
    Set<Ulid> all = new HashSet<>();
    bucket.plan().items().forEach(i -> all.add(i.target()));
    DaySelection whole = bucket.selection;
    List<Ulid> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      bucket.selection = whole.withShard(new DaySelection.Shard(i, 3));
      List<WorkItem> items = bucket.plan().items();
      assertTrue(!items.isEmpty() && items.size() % 14 == 0, items.size() + " items");
      items.forEach(item -> parts.add(item.target()));
    }

    assertEquals(all.size(), parts.size());
    assertEquals(all, new HashSet<>(parts));
  }

  @Test
  void itemsThatReadTheSameBlockAreOneGroup() {
    bucket.add(PlannedBucket.block(1, 0, 3 * DAY, Labels.of("c", "1"), Set.of()));
    bucket.add(PlannedBucket.block(2, DAY, 2 * DAY, Labels.of("c", "2"), Set.of()));
    bucket.add(PlannedBucket.block(3, 5 * DAY, 6 * DAY, Labels.of("c", "1"), Set.of()));

    List<List<WorkItem>> groups = bucket.plan().groups();

    assertEquals(List.of(3, 1, 1), groups.stream().map(List::size).toList());
  }

  @Test
  void aWorkItemSurvivesJson() throws Exception {
    bucket.rules = new BlockMeta.Rules(Set.of("r", "q"), BlockMeta.Dedup.PENALTY, List.of("dc_id"));
    bucket.add(
        PlannedBucket.block(1, 0, DAY, Labels.of("dc_id", "1", "r", "é\"", "x", ""), Set.of()));
    WorkItem item = only();

    assertEquals(item, WorkItemJson.read(WorkItemJson.write(item)));
  }
}
