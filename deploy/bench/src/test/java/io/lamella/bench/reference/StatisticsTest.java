package io.lamella.bench.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.cli.RandomBlocks;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Using statistics in place of samples, and pruning by statistics, change no result: random
/// queries run with and without the engine's hints, and over the TSDB blocks, and must agree to the
/// last bit.
class StatisticsTest {
  private static final PromqlEngine ENGINE = new PromqlEngine(EngineOptions.defaults());
  private static final int QUERIES = 250;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void statisticsChangeNoResult(long seed) throws IOException, InterruptedException {
    Path source = directory.resolve("tsdb");
    RandomBlocks.write(source, seed);
    Path target = directory.resolve("lamella");
    ConvertedBlocks.convert(source, target);
    Random random = new Random(seed);
    AtomicInteger hinted = new AtomicInteger();
    try (ObjectStore store = DirectoryObjectStore.open(target);
        Gateway gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache());
        TsdbSource tsdb = TsdbSource.open(source, Set.of())) {
      SeriesSource blocks = gateway.source();
      SeriesSource counted =
          s -> {
            SampleHints h = s.hints().samples();
            hinted.addAndGet(h.windows().isPresent() || h.filter().isPresent() ? 1 : 0);
            return blocks.select(s);
          };
      SeriesSource plain = s -> blocks.select(withoutHints(s));
      SeriesSource raw = tsdb.series(new QueryBudget(FetchLimits.DEFAULT));
      for (int i = 0; i < QUERIES; i++) {
        StatisticsQuery q = StatisticsQuery.random(random);
        String result = text(q.run(ENGINE, counted));
        assertEquals(text(q.run(ENGINE, plain)), result, () -> "without hints: " + q);
        assertEquals(text(q.run(ENGINE, raw)), result, () -> "of the TSDB blocks: " + q);
      }
    }
    assertTrue(hinted.get() > QUERIES / 2, hinted + " selections had hints");
  }

  private static Selection withoutHints(Selection s) {
    SelectHints h = s.hints();
    return new Selection(
        s.matchers(),
        s.range(),
        new SelectHints(
            h.stepMillis(), h.rangeMillis(), h.function(), h.labels(), SampleHints.EVERYTHING));
  }

  /// Queries that use statistics in place of samples read fewer bytes; otherwise the other test
  /// would prove nothing.
  @Test
  void statisticsSaveReads() throws IOException, InterruptedException {
    Path source = directory.resolve("tsdb");
    RandomBlocks.write(source, 1);
    Path target = directory.resolve("lamella");
    ConvertedBlocks.convert(source, target);
    try (ObjectStore store = DirectoryObjectStore.open(target);
        Gateway gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache())) {
      for (String saving :
          new String[] {
            "count_over_time(ramp[2d])",
            "max_over_time(ramp[2d])",
            "min_over_time(flips[2d])",
            "last_over_time(constant[2d])",
            "ramp == -77",
          }) {
        long at = RandomBlocks.START + 3 * RandomBlocks.DAY;
        String like = saving.contains("==") ? "ramp" : "rate(" + saving.replaceAll(".*\\(", "");
        gateway.queries().instant(saving, at, io.lamella.gateway.query.QueryOptions.NONE);
        long few =
            gateway
                .queries()
                .instant(saving, at, io.lamella.gateway.query.QueryOptions.NONE)
                .used()
                .bytes();
        long many =
            gateway
                .queries()
                .instant(like, at, io.lamella.gateway.query.QueryOptions.NONE)
                .used()
                .bytes();
        assertTrue(few < many, saving + " read " + few + " bytes, " + like + " " + many);
      }
    }
  }

  /// A result to the last bit.
  private static String text(QueryResult r) {
    StringBuilder out = new StringBuilder();
    switch (r.value()) {
      case Value.Matrix m ->
          m.series()
              .forEach(s -> {
                out.append(s.labels());
                for (int i = 0; i < s.size(); i++) {
                  out.append(' ').append(s.times()[i]).append('=');
                  out.append(
                      s.histogramAt(i) == null
                          ? bits(s.values()[i])
                          : String.valueOf(s.histogramAt(i)));
                }
                out.append('\n');
              });
      // Instant vectors have no order.
      case Value.Vector v ->
          out.append(
              v.samples().stream()
                  .map(s ->
                      s.labels()
                          + "="
                          + (s.histogram() == null
                              ? bits(s.value())
                              : String.valueOf(s.histogram())))
                  .sorted()
                  .toList());
      case Value.Scalar s -> out.append(bits(s.value()));
      case Value.Text t -> out.append(t.value());
    }
    return out.append(r.warnings()).append(r.infos()).toString();
  }

  /// The bits of a value. The sign of a computed NaN is ignored: it depends on whether the JVM has
  /// compiled the arithmetic (JLS 4.2.4); the staleness marker is positive.
  private static String bits(double v) {
    long bits = Double.doubleToRawLongBits(v);
    return Long.toHexString(Double.isNaN(v) ? bits & Long.MAX_VALUE : bits);
  }
}
