package io.lamella.gateway.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.plan.RandomShard.Row;
import io.lamella.gateway.plan.RowRequest.LabelProjection;
import io.lamella.gateway.plan.RowRequest.Need;
import io.lamella.gateway.plan.RowRequest.SeriesIdentity;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.SampleUse;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.object.ByteRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockPlannerTest {
  private static final int SEEDS = 2_000;

  /// A shard, a request to it, and the plan.
  private static final class Case {
    final Random random;
    final RandomShard shard;
    final RowRequest request;
    final Optional<RunMatch> match;
    final ShardPlan plan;
    final String message;

    Case(long seed) throws Exception {
      random = new Random(seed);
      shard = new RandomShard(random);
      Need need = Need.values()[random.nextInt(Need.values().length)];
      LabelProjection labels =
          random.nextBoolean()
              ? LabelProjection.ALL
              : new LabelProjection(Optional.of(Set.of("env")), SeriesIdentity.HASH);
      request =
          new RowRequest(shard.matchers(), shard.range(), labels, need, SampleHints.EVERYTHING);
      match =
          random.nextBoolean()
              ? Optional.of(RunMatch.of(shard.runs(), request.matchers(), request.range()))
              : Optional.empty();
      plan = BlockPlanner.shard(shard.meta(), shard.files(), match, request);
      message =
          "seed "
              + seed
              + ": "
              + request
              + " "
              + plan.rowGroups().stream().map(Verdict::why).toList();
    }

    /// The rows of a row group that a full scan finds.
    Set<Integer> scan(int group) {
      Set<Integer> out = new HashSet<>();
      List<Row> rows = shard.group(group);
      for (int i = 0; i < rows.size(); i++) {
        if (rows.get(i).matches(request.matchers()) && rows.get(i).overlaps(request.range())) {
          out.add(i);
        }
      }
      return out;
    }
  }

  private static Set<Integer> rows(RowRanges ranges) {
    Set<Integer> out = new HashSet<>();
    ranges
        .ranges()
        .forEach(r -> {
          for (int row = r.start(); row < r.end(); row++) {
            out.add(row);
          }
        });
    return out;
  }

  @Test
  void noVerdictDropsARowThatAFullScanFinds() throws Exception {
    int skipped = 0;
    int filtered = 0;
    int taken = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Case c = new Case(seed);
      assertEquals(c.shard.groups(), c.plan.rowGroups().size(), c.message);
      for (int group = 0; group < c.shard.groups(); group++) {
        Set<Integer> expected = c.scan(group);
        switch (c.plan.rowGroups().get(group)) {
          case Verdict.Skip _ -> {
            assertEquals(Set.of(), expected, c.message);
            skipped++;
          }
          case Verdict.Filter f -> {
            assertTrue(rows(f.labels().candidates()).containsAll(expected), c.message);
            filtered++;
          }
          case Verdict.Take t -> {
            assertTrue(rows(t.labels().candidates()).containsAll(expected), c.message);
            taken++;
          }
        }
      }
    }
    assertTrue(
        skipped > 200 && filtered > 200 && taken > 200,
        skipped + " skipped, " + filtered + " filtered, " + taken + " taken");
  }

  /// The candidates that pass the plan's tests are exactly the rows that match, so a row that does
  /// not match is never returned.
  @Test
  void theRowTestsOfAPlanKeepExactlyTheMatchingRows() throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      Case c = new Case(seed);
      for (Verdict.Read read : c.plan.reads()) {
        List<Row> rows = c.shard.group(read.labels().rowGroup());
        List<Matcher> tests =
            read.labels().tests().matchers().stream()
                .map(LabelPlan.ColumnMatcher::matcher)
                .toList();
        for (int row : rows(read.labels().candidates())) {
          if (rows.get(row).matches(tests)) {
            assertTrue(rows.get(row).matches(c.request.matchers()), c.message + " row " + row);
          }
        }
      }
    }
  }

  @Test
  void aRowTestNamesTheColumnOfItsMatcher() throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      Case c = new Case(seed);
      for (Verdict.Read read : c.plan.reads()) {
        for (LabelPlan.ColumnMatcher m : read.labels().tests().matchers()) {
          assertEquals(
              BlockSchema.labelColumn(m.matcher().name()),
              read.labels().columns().read().get(m.column()).name(),
              c.message);
        }
      }
    }
  }

  @Test
  void aPlanReadsEveryPageOfItsColumnsThatHoldsAValueOfACandidate() throws Exception {
    for (long seed = 0; seed < SEEDS / 4; seed++) {
      Case c = new Case(seed);
      for (Verdict.Read read : c.plan.reads()) {
        Set<Integer> candidates = rows(read.labels().candidates());
        Set<ByteRange> expected = new HashSet<>();
        for (ColumnPages column : read.labels().allColumns()) {
          for (int p = 0; p < column.pages(); p++) {
            int page = p;
            if (!column.isNullPage(p)
                && candidates.stream()
                    .anyMatch(r -> column.firstRow(page) <= r && r < column.endRow(page))) {
              expected.add(column.range(p));
            }
          }
        }
        List<ByteRange> ranges = read.labels().ranges();
        assertEquals(ranges.size(), new HashSet<>(ranges).size(), c.message);
        assertTrue(ranges.containsAll(expected), c.message);
        Set<ByteRange> others = new HashSet<>(ranges);
        others.removeAll(expected);
        read.labels().columns().read().forEach(l -> l.dictionary().ifPresent(others::remove));
        assertEquals(Set.of(), others, c.message);
      }
    }
  }

  @Test
  void chunksAreReadFromTheDataColumnsThatOverlapTheRange() throws Exception {
    for (long seed = 0; seed < SEEDS / 4; seed++) {
      Case c = new Case(seed);
      List<Integer> expected = new ArrayList<>();
      for (int i = 0; i < RandomShard.DATA_COLUMNS && c.request.readsChunks(); i++) {
        long start = i * RandomShard.COLUMN_MILLIS;
        if (c.request.range().startMillis() < start + RandomShard.COLUMN_MILLIS
            && c.request.range().endMillis() >= start) {
          expected.add(i);
        }
      }
      for (Verdict.Read read : c.plan.reads()) {
        assertEquals(
            expected,
            read.chunks().columns().stream().map(ChunkPlan.DataColumn::number).toList(),
            c.message);
      }
    }
  }

  @Test
  void pagesOfRowsAreThePagesThatHoldAnyOfThem() throws Exception {
    for (long seed = 0; seed < SEEDS / 4; seed++) {
      Case c = new Case(seed);
      for (ColumnPages column :
          c.shard.files().labels().rowGroups().getFirst().columns().values()) {
        int[] rows =
            c.random.ints(0, c.shard.group(0).size()).limit(5).sorted().distinct().toArray();
        Set<Integer> expected = new HashSet<>();
        for (int row : rows) {
          expected.add(column.pageOfRow(row));
        }
        int[] pages = BlockPlanner.pagesOfRows(column, rows);
        assertEquals(expected.stream().sorted().toList(), boxed(pages), c.message);
      }
    }
  }

  private static List<Integer> boxed(int[] numbers) {
    return java.util.Arrays.stream(numbers).boxed().toList();
  }

  private static final TimeRange DAY = new TimeRange(100, 199);

  private static RowRequest narrowed(RowRequest request, BlockMeta block, BlockMeta... all) {
    return assertInstanceOf(
            BlockVerdict.Open.class, BlockPlanner.block(request, block, List.of(all)))
        .request();
  }

  @Test
  void externalLabelsThatDoNotMatchSkipABlock() {
    BlockMeta block = TestBlockMetas.block(100, 200, Labels.of("region", "eu"));
    Matcher other = Matcher.equal("region", "us");
    BlockVerdict verdict =
        BlockPlanner.block(RowRequest.ofLabels(List.of(other), DAY), block, List.of(block));
    assertEquals(new Verdict.Skip(new SkipReason.ExternalLabels(other)), verdict);
    assertEquals("external labels do not match", ((Verdict.Skip) verdict).why());
  }

  @Test
  void externalLabelsThatMatchNeedNoTest() {
    BlockMeta block = TestBlockMetas.block(100, 200, Labels.of("region", "eu"));
    Matcher job = Matcher.equal("job", "a");
    RowRequest request = RowRequest.ofLabels(List.of(Matcher.equal("region", "eu"), job), DAY);
    assertEquals(List.of(job), narrowed(request, block, block).matchers());
  }

  @Test
  void timesAreTestedUnlessTheBlockLiesInTheRange() {
    BlockMeta block = TestBlockMetas.block(100, 200, Labels.EMPTY);
    assertEquals(Need.LABELS, narrowed(RowRequest.ofLabels(List.of(), DAY), block, block).need());
    assertEquals(
        Need.LABELS_IN_RANGE,
        narrowed(RowRequest.ofLabels(List.of(), new TimeRange(100, 198)), block, block).need());
    assertEquals(
        Need.LABELS_IN_RANGE,
        narrowed(RowRequest.ofLabels(List.of(), new TimeRange(101, 199)), block, block).need());
  }

  private static RowRequest counting() {
    return RowRequest.of(
        new Selection(
            List.of(),
            new TimeRange(0, 1_000),
            new SelectHints(
                0,
                0,
                "",
                Optional.of(Set.of("job")),
                new SampleHints(SampleUse.COUNT, Optional.empty(), Optional.empty()))));
  }

  @Test
  void statisticsReplaceSamplesOnlyIfNoOtherBlockOverlaps() {
    BlockMeta block = TestBlockMetas.block(100, 200, Labels.EMPTY);
    BlockMeta next = TestBlockMetas.block(200, 300, Labels.EMPTY);
    BlockMeta overlapping = TestBlockMetas.block(199, 300, Labels.EMPTY);
    assertEquals(SampleUse.COUNT, narrowed(counting(), block, block, next).samples().use());
    assertEquals(SampleHints.EVERYTHING, narrowed(counting(), block, block, overlapping).samples());
  }

  @Test
  void hashesAreReadOnlyWhereSeveralBlocksShareProjectedSeries() {
    BlockMeta block = TestBlockMetas.block(100, 200, Labels.EMPTY);
    BlockMeta next = TestBlockMetas.block(200, 300, Labels.EMPTY);
    assertEquals(SeriesIdentity.HASH, narrowed(counting(), block, block, next).labels().identity());
    assertEquals(SeriesIdentity.LABELS, narrowed(counting(), block, block).labels().identity());
    assertEquals(LabelProjection.ALL, RowRequest.ofLabels(List.of(), DAY).labels());
  }

  @Test
  void aSkippedShardReportsTheReasonOfTheLatestPlanningStage() {
    Matcher matcher = Matcher.equal("job", "a");
    Verdict.Skip noRun = new Verdict.Skip(new SkipReason.NoRun());
    Verdict.Skip noPage = new Verdict.Skip(new SkipReason.NoPage(matcher));
    assertEquals(Optional.of(noPage), new ShardPlan(List.of(noRun, noPage, noRun)).skip());
    assertEquals("no page can hold a match of job=\"a\"", noPage.why());
  }

  @Test
  void aFilterHasRowTestsAndATakeHasNone() {
    LabelPlan exact =
        new LabelPlan(
            new LabelPlan.CandidateRows(0, 0, RowRanges.all(1)),
            new LabelPlan.RowTests(List.of(), Optional.empty()),
            new LabelPlan.LabelColumns(List.of(), Optional.empty(), Optional.empty()),
            List.of());
    assertEquals(
        "runs of the sort key and page bounds decide",
        new Verdict.Take(exact, ChunkPlan.NONE).why());
    assertThrows(IllegalArgumentException.class, () -> new Verdict.Filter(exact, ChunkPlan.NONE));
  }
}
