package io.lamella.converter.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final long DAY = Planner.DAY_MILLIS;
  private static final Planner.Target DEFAULT = target(SortKey.DEFAULT);

  private static Planner.Target target(SortKey sortKey) {
    return new Planner.Target(sortKey, DAY, BlockMeta.Rules.NONE);
  }

  private static Ulid ulid(int n) {
    return new Ulid(0, n);
  }

  private static SourceBlock source(int n, Set<Ulid> sources) {
    return new SourceBlock(
        ulid(n), BlockMeta.Coverage.raw(Labels.EMPTY, 0, DAY), sources, "0123456789abcdef");
  }

  private static BlockMeta published(WorkItem item) {
    return new BlockMeta(
        item.target(),
        item.coverage(),
        item.lineage(),
        new BlockMeta.Structure(item.sortKey(), DAY, List.of(SampleMetas.shard())),
        new BlockMeta.Counts(1, 1, 1, item.dayMillis(), item.dayMillis()));
  }

  private static WorkItem only(Plan plan) {
    assertEquals(1, plan.items().size());
    return plan.items().getFirst();
  }

  @Test
  void aBlockWithAllSourcesOfAnEarlierOneReplacesIt() {
    WorkItem first = only(Planner.plan(List.of(source(1, Set.of())), List.of(), DEFAULT));

    WorkItem again =
        only(
            Planner.plan(
                List.of(source(1, Set.of()), source(2, Set.of())),
                List.of(published(first)),
                DEFAULT));

    assertEquals(List.of(first.target()), again.lineage().replaces());
  }

  @Test
  void lateDataDoesNotHideADayWhoseSourcesAreGone() {
    WorkItem first = only(Planner.plan(List.of(source(1, Set.of())), List.of(), DEFAULT));

    WorkItem late =
        only(Planner.plan(List.of(source(2, Set.of())), List.of(published(first)), DEFAULT));

    assertEquals(List.of(), late.lineage().replaces());
  }

  @Test
  void compactionOrDeletionOfSourcesDoesNotConvertADayAgain() {
    WorkItem first =
        only(Planner.plan(List.of(source(1, Set.of()), source(2, Set.of())), List.of(), DEFAULT));
    List<BlockMeta> there = List.of(published(first));

    assertEquals(
        List.of(),
        Planner.plan(List.of(source(3, Set.of(ulid(1), ulid(2)))), there, DEFAULT).items());
    assertEquals(List.of(), Planner.plan(List.of(source(2, Set.of())), there, DEFAULT).items());
  }

  @Test
  void aDayIsNotConvertedAgainForAnEarlierSortKey() {
    List<SourceBlock> sources = List.of(source(1, Set.of()));
    Planner.Target other = target(SortKey.parse("__name__,job"));
    WorkItem a = only(Planner.plan(sources, List.of(), DEFAULT));
    WorkItem b = only(Planner.plan(sources, List.of(published(a)), other));

    assertEquals(List.of(a.target()), b.lineage().replaces());
    assertEquals(
        List.of(), Planner.plan(sources, List.of(published(a), published(b)), DEFAULT).items());
  }

  @Test
  void blocksThatWereCompactedIntoAnotherAreLeftOut() {
    Plan plan =
        Planner.plan(
            List.of(source(1, Set.of()), source(3, Set.of(ulid(1), ulid(2)))), List.of(), DEFAULT);

    assertEquals(List.of(ulid(3)), only(plan).blocks());
    assertEquals(ulid(1), plan.skipped().getFirst().block());
  }
}
