package io.lamella.converter.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.converter.merge.DaySamples;
import io.lamella.converter.merge.MergeInput;
import io.lamella.converter.merge.MergeRange;
import io.lamella.converter.merge.SourceBlockFiles;
import io.lamella.converter.verify.SourceComparison.Sources;
import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.block.verify.RowOrder;
import io.lamella.storage.tsdb.TsdbBlock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two sources whose counters interleave: 10, 1, 20, 2, 30, 3 …
class SourceComparisonTest {
  private static final long DAY = 20_000 * 86_400_000L;
  private static final Labels SERIES = Labels.of("__name__", "seconds", "dc_id", "1");

  @TempDir Path directory;

  private static Histogram histogram(double count, CounterReset hint) {
    double[] none = {};
    return new Histogram(hint, 0, 0, 0, count, 1, List.of(), none, List.of(), none, none);
  }

  private static SampleColumns counter(long firstMillis, int step) {
    SampleColumns out = new SampleColumns();
    for (int i = 0; i < 5; i++) {
      CounterReset hint = i == 0 ? CounterReset.UNKNOWN : CounterReset.NOT_RESET;
      out.add(firstMillis + i * 120_000, histogram((i + 1) * step, hint));
    }
    return out;
  }

  /// The findings of a block in which sample `index` has another hint.
  private Findings compare(int index, CounterReset hint) throws Exception {
    return compare(index, h -> histogram(h.count(), hint));
  }

  /// The findings of a block in which sample `index` has changed.
  private Findings compare(int index, UnaryOperator<Histogram> change) throws Exception {
    return compare(
        List.of(counter(DAY, 10), counter(DAY + 60_000, 1)),
        Sources.INPUTS,
        block ->
            block.replace(index, change.apply(Objects.requireNonNull(block.histogramAt(index)))));
  }

  /// The findings of a block made of two sources and changed.
  private Findings compare(List<SampleColumns> series, Sources kind, Consumer<SampleColumns> change)
      throws Exception {
    Findings findings = new Findings();
    Path root = directory.resolve("sources");
    Path first = SourceBlockFiles.write(root, 1, Map.of(), Map.of(SERIES, series.get(0)), 120);
    Path second = SourceBlockFiles.write(root, 2, Map.of(), Map.of(SERIES, series.get(1)), 120);
    try (TsdbBlock a = TsdbBlock.open(first);
        TsdbBlock b = TsdbBlock.open(second)) {
      List<MergeInput> inputs =
          List.of(
              MergeInput.of(Ulid.of(1, new byte[10]), a, Labels.EMPTY, BlockMeta.Rules.NONE),
              MergeInput.of(Ulid.of(2, new byte[10]), b, Labels.EMPTY, BlockMeta.Rules.NONE));
      MergeRange range = new MergeRange(DAY, DAY + 86_400_000);
      SampleColumns block = new SampleColumns();
      try (DaySamples samples =
          DaySamples.of(inputs, range, SortKey.DEFAULT, BlockMeta.Dedup.MERGE, root)) {
        samples.next();
        block.addAll(samples.samples());
      }
      change.accept(block);
      try (DaySamples samples =
          DaySamples.of(inputs, range, SortKey.DEFAULT, BlockMeta.Dedup.MERGE, root)) {
        SourceComparison comparison =
            SourceComparison.start(samples, new RowOrder(SortKey.DEFAULT), "block", findings, kind);
        comparison.series(SERIES, block);
        comparison.end();
      }
    }
    return findings;
  }

  /// A histogram with one more bucket.
  private static Histogram withBucket(Histogram h, double count) {
    double[] none = {};
    return new Histogram(
        h.counterReset(),
        h.schema(),
        h.zeroThreshold(),
        h.zeroCount(),
        h.count(),
        h.sum(),
        List.of(new Span(3, 1)),
        new double[] {count},
        List.of(),
        none,
        none);
  }

  @Test
  void aBlockThatDeniesAResetBetweenSourcesIsReported() throws Exception {
    Findings findings = compare(3, CounterReset.NOT_RESET);
    assertEquals(1, findings.count());
    assertTrue(findings.kept().getFirst().toString().contains("seconds"));
  }

  @Test
  void aBlockThatProvedByComparisonThatThereWasNoResetIsSound() throws Exception {
    assertEquals(0, compare(4, CounterReset.NOT_RESET).count());
  }

  @Test
  void aBlockThatLeavesAResetUnknownIsSound() throws Exception {
    assertEquals(0, compare(4, CounterReset.UNKNOWN).count());
  }

  @Test
  void aBlockWithABucketMoreThatIsEmptyIsSound() throws Exception {
    assertEquals(0, compare(4, h -> withBucket(h, 0)).count());
  }

  @Test
  void aBlockWithABucketMoreThatHasObservationsIsReported() throws Exception {
    assertEquals(1, compare(4, h -> withBucket(h, 1)).count());
  }

  @Test
  void aGaugeThatWasACounterIsReported() throws Exception {
    assertEquals(1, compare(2, CounterReset.GAUGE).count());
  }

  /// Two sources with the counts 10, 20, 30 … and 5, 6, 7 … at the same times, and a block that has
  /// the second source's sample at `index`.
  private Findings compareContested(int index, CounterReset hint, Sources kind) throws Exception {
    SampleColumns other = counter(DAY, 1);
    for (int i = 0; i < other.size(); i++) {
      Histogram h = Objects.requireNonNull(other.histogramAt(i));
      other.replace(i, histogram(h.count() + 4, h.counterReset()));
    }
    return compare(
        List.of(counter(DAY, 10), other),
        kind,
        block -> {
          block.replace(index, histogram(index + 5, hint));
          if (index + 1 < block.size()) {
            block.replace(index + 1, histogram((index + 2) * 10, CounterReset.UNKNOWN));
          }
        });
  }

  @Test
  void aSampleOfALaterInputIsReported() throws Exception {
    assertEquals(1, compareContested(2, CounterReset.UNKNOWN, Sources.INPUTS).count());
  }

  @Test
  void aSampleOfAnySourceIsSoundWhereTheSourcesWereCompacted() throws Exception {
    assertEquals(0, compareContested(2, CounterReset.UNKNOWN, Sources.COMPACTED).count());
  }

  @Test
  void theLastSampleOfAnySourceIsSoundWhereTheSourcesWereCompacted() throws Exception {
    assertEquals(0, compareContested(4, CounterReset.UNKNOWN, Sources.COMPACTED).count());
  }

  @Test
  void aHintOfAnotherSourceDoesNotDenyAResetWhereTheSourcesWereCompacted() throws Exception {
    assertEquals(1, compareContested(2, CounterReset.NOT_RESET, Sources.COMPACTED).count());
  }

  @Test
  void aSampleOfNoSourceIsReportedWhereTheSourcesWereCompacted() throws Exception {
    Findings findings =
        compare(
            List.of(counter(DAY, 10), counter(DAY, 20)),
            Sources.COMPACTED,
            block -> block.replace(2, histogram(31, CounterReset.UNKNOWN)));

    assertEquals(1, findings.count());
  }
}
