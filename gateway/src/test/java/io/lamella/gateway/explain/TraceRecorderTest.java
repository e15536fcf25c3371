package io.lamella.gateway.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.explain.QueryTrace.Decision;
import io.lamella.gateway.explain.QueryTrace.ReadAmount;
import io.lamella.gateway.explain.QueryTrace.ShardTrace;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.RandomShard;
import io.lamella.gateway.plan.RowRequest;
import io.lamella.gateway.plan.RunMatch;
import io.lamella.gateway.plan.ShardPlan;
import io.lamella.gateway.plan.SkipReason;
import io.lamella.gateway.plan.Verdict;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.SampleUse;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.ValueFilter;
import io.lamella.promql.source.ValueFilter.Comparison;
import io.lamella.storage.object.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TraceRecorderTest {
  private static final TimeRange RANGE = new TimeRange(0, 100);
  private static final QueryTrace.TracedShard SHARD =
      new QueryTrace.TracedShard("B", 2, "manifest");

  private final QueryTrace query = new QueryTrace();

  private TraceRecorder recorder(RowRequest request) {
    return TraceRecorder.of(Optional.of(query), request);
  }

  private SelectorTrace selector() {
    return query.selectors().getFirst();
  }

  private long planNanos() {
    return selector().stages().getOrDefault("plan", 0L);
  }

  @Test
  void aSelectorIsNamedWithWhatTheQueryUsesOfIt() {
    SampleHints samples =
        new SampleHints(
            SampleUse.COUNT, Optional.empty(), Optional.of(new ValueFilter(Comparison.GREATER, 5)));
    recorder(
        RowRequest.of(
            new Selection(
                List.of(Matcher.equal("job", "a"), Matcher.equal("env", "b")),
                RANGE,
                new SelectHints(0, 0, "", Optional.of(Set.of("job")), samples))));
    assertEquals("{job=\"a\",env=\"b\"}", selector().selector());
    assertEquals(
        "labels [job], the number of samples in each window where they are > 5.0",
        selector().uses());
    assertEquals(RANGE, selector().range());
  }

  @Test
  void aRequestForLabelsUsesNoSamples() {
    recorder(RowRequest.ofLabels(List.of(), RANGE));
    assertEquals("{}", selector().selector());
    assertEquals("all labels", selector().uses());
  }

  @Test
  void aSkippedBlockIsTracedWithTheReasonOfItsVerdict() {
    recorder(RowRequest.ofLabels(List.of(), RANGE))
        .skippedBlock(
            "B", new Verdict.Skip(new SkipReason.ExternalLabels(Matcher.equal("a", "b"))));
    assertEquals(
        List.of(
            new ShardTrace(
                new QueryTrace.TracedShard("B", 0, "meta"),
                new Decision("skipped", "external labels do not match"),
                List.of(),
                ReadAmount.NOTHING)),
        selector().shards());
  }

  /// The trace of a plan repeats the plan's verdicts, and its sums are those of the plan's ranges.
  @Test
  void aTraceRepeatsTheVerdictsAndSumsOfThePlan() throws Exception {
    int read = 0;
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      RandomShard randomShard = new RandomShard(random);
      RowRequest request =
          RowRequest.of(
              new Selection(randomShard.matchers(), randomShard.range(), SelectHints.NONE));
      ShardPlan plan =
          BlockPlanner.shard(
              randomShard.meta(),
              randomShard.files(),
              Optional.of(RunMatch.of(randomShard.runs(), request.matchers(), request.range())),
              request);
      QueryTrace trace = new QueryTrace();
      TraceRecorder recorder = TraceRecorder.of(Optional.of(trace), request);
      List<int[]> matching = new ArrayList<>();
      // As if the first candidate of each row group matched.
      plan.reads()
          .forEach(
              r -> matching.add(new int[] {r.labels().candidates().ranges().getFirst().start()}));
      plan.skip()
          .ifPresentOrElse(
              skip -> recorder.skippedShard(SHARD, plan, skip),
              () -> recorder.read(SHARD, plan, matching));
      ShardTrace shard = trace.selectors().getFirst().shards().getFirst();
      String message = "seed " + seed + ": " + shard;

      assertEquals(
          plan.rowGroups().stream().map(Verdict::why).toList(),
          shard.rowGroups().stream().map(Decision::why).toList(),
          message);
      assertEquals(plan.skip().isPresent(), shard.decision().verdict().equals("skipped"), message);
      assertEquals(
          plan.reads().stream().anyMatch(Verdict.Filter.class::isInstance),
          shard.decision().verdict().equals("filtered"),
          message);
      List<ByteRange> labels =
          plan.reads().stream().flatMap(r -> r.labels().ranges().stream()).toList();
      assertEquals(
          new QueryTrace.Pages(labels.size(), labels.stream().mapToLong(ByteRange::length).sum()),
          shard.amount().labels(),
          message);
      assertEquals(matching.size(), shard.amount().rows(), message);
      assertTrue(
          shard.amount().neededBytes()
              <= Stream.of(shard.amount().labels(), shard.amount().chunks())
                  .mapToLong(QueryTrace.Pages::bytes)
                  .sum(),
          message);
      read += matching.isEmpty() ? 0 : 1;
    }
    assertTrue(read > 100, read + " shards were read");
  }

  @Test
  void stagesAddUpAndBatchesAreListed() {
    TraceRecorder recorder = recorder(RowRequest.ofLabels(List.of(), RANGE));
    long begun = System.nanoTime() - 1_000;
    recorder.stage("plan", begun);
    long once = planNanos();
    recorder.stage("plan", begun);
    assertTrue(planNanos() >= once + 1_000);
    recorder.batch(
        "labels", List.of(List.of(new ByteRange(0, 10), new ByteRange(20, 25)), List.of()), begun);
    QueryTrace.FetchBatch batch = selector().batches().getFirst();
    assertEquals("labels", batch.what());
    assertEquals(2, batch.ranges());
    assertEquals(15, batch.bytes());
    assertTrue(batch.nanos() >= 1_000);
  }

  @Test
  void withoutATraceNothingIsRecorded() {
    TraceRecorder none = TraceRecorder.of(Optional.empty(), RowRequest.ofLabels(List.of(), RANGE));
    none.stage("plan", 0);
    none.skippedBlock("B", new Verdict.Skip(new SkipReason.NoRun()));
    assertEquals(List.of(), query.selectors());
  }
}
