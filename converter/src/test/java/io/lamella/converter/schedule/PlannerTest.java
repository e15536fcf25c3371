package io.lamella.converter.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final long DAY = Planner.DAY_MILLIS;

  private static Ulid ulid(int n) {
    return new Ulid(0, n);
  }

  private static SourceBlock source(int n, Set<Ulid> sources) {
    return new SourceBlock(ulid(n), BlockMeta.Coverage.raw(Labels.EMPTY, 0, DAY), sources);
  }

  private static BlockMeta published(WorkItem item) {
    String digest = "0".repeat(64);
    return new BlockMeta(
        item.target(),
        item.coverage(),
        item.lineage(),
        new BlockMeta.Structure(
            item.sortKey(),
            DAY,
            List.of(
                new BlockMeta.Shard(
                    1,
                    1,
                    new BlockMeta.File("0.labels.parquet", 100, 50, 0, digest),
                    new BlockMeta.File("0.chunks.parquet", 100, 50, 0, digest)))),
        new BlockMeta.Counts(1, 1, 1));
  }

  private static WorkItem only(Plan plan) {
    assertEquals(1, plan.items().size());
    return plan.items().getFirst();
  }

  @Test
  void aBlockWithAllSourcesOfAnEarlierOneReplacesIt() {
    WorkItem first = only(Planner.plan(List.of(source(1, Set.of())), List.of(), SortKey.DEFAULT));

    WorkItem again =
        only(
            Planner.plan(
                List.of(source(1, Set.of()), source(2, Set.of())),
                List.of(published(first)),
                SortKey.DEFAULT));

    assertEquals(List.of(first.target()), again.lineage().replaces());
  }

  @Test
  void lateDataDoesNotHideADayWhoseSourcesAreGone() {
    WorkItem first = only(Planner.plan(List.of(source(1, Set.of())), List.of(), SortKey.DEFAULT));

    WorkItem late =
        only(
            Planner.plan(List.of(source(2, Set.of())), List.of(published(first)), SortKey.DEFAULT));

    assertEquals(List.of(), late.lineage().replaces());
  }

  @Test
  void compactionOrDeletionOfSourcesDoesNotConvertADayAgain() {
    WorkItem first =
        only(
            Planner.plan(
                List.of(source(1, Set.of()), source(2, Set.of())), List.of(), SortKey.DEFAULT));
    List<BlockMeta> there = List.of(published(first));

    assertEquals(
        List.of(),
        Planner.plan(List.of(source(3, Set.of(ulid(1), ulid(2)))), there, SortKey.DEFAULT).items());
    assertEquals(
        List.of(), Planner.plan(List.of(source(2, Set.of())), there, SortKey.DEFAULT).items());
  }

  @Test
  void aDayIsNotConvertedAgainForAnEarlierSortKey() {
    List<SourceBlock> sources = List.of(source(1, Set.of()));
    SortKey other = SortKey.parse("__name__");
    WorkItem a = only(Planner.plan(sources, List.of(), SortKey.DEFAULT));
    WorkItem b = only(Planner.plan(sources, List.of(published(a)), other));

    assertEquals(List.of(a.target()), b.lineage().replaces());
    assertEquals(
        List.of(),
        Planner.plan(sources, List.of(published(a), published(b)), SortKey.DEFAULT).items());
  }

  @Test
  void blocksThatWereCompactedIntoAnotherAreLeftOut() {
    Plan plan =
        Planner.plan(
            List.of(source(1, Set.of()), source(3, Set.of(ulid(1), ulid(2)))),
            List.of(),
            SortKey.DEFAULT);

    assertEquals(List.of(ulid(3)), only(plan).blocks());
    assertEquals(ulid(1), plan.skipped().getFirst().block());
  }
}
