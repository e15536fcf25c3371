package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Utf8Order;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.Value;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import io.lamella.storage.object.local.DirectoryTree;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A series whose label is external in one published block and its own in the next is one series,
/// also for a query that reads only some labels.
class MovedLabelsTest {
  private static final long DAY = 86_400_000;
  private static final long START = 20_100 * DAY;
  private static final Labels ROW = Labels.of("__name__", "requests_total", "host", "h1");

  /// Counts the series over the two hours around midnight.
  private static final String COUNT = "count by (cluster) (count_over_time(requests_total[2h]))";

  @TempDir Path directory;
  private Path source = Path.of("");

  @BeforeEach
  void makeSource() throws IOException {
    source = Files.createDirectory(directory.resolve("source"));
  }

  @Test
  void aLabelThatIsFoldedFromTheSecondDayOnBelongsToTheSameSeries() throws Exception {
    write(START, ROW);
    convert(List.of());
    DirectoryTree.delete(source);
    write(START + DAY, ROW);
    convert(List.of("cluster"));

    assertEquals(1, seriesAtMidnight());
  }

  @Test
  void aLabelThatAnExternalLabelHidesOnOneDayDoesNotMakeAnotherSeries() throws Exception {
    write(START, Labels.of("__name__", "requests_total", "cluster", "own", "host", "h1"));
    write(START + DAY, ROW);
    convert(List.of());

    assertEquals(1, seriesAtMidnight());
  }

  /// A block of a cluster that has one series for a day.
  private void write(long start, Labels labels) throws IOException {
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    labels.forEach((name, value) -> {
      symbols.add(name);
      symbols.add(value);
    });
    SampleColumns samples = new SampleColumns();
    for (long t = start; t < start + DAY; t += 60_000) {
      samples.add(t, t % 1000);
    }
    BlockDescription block =
        new BlockDescription(
            Ulid.of(start, new byte[10]), start, start + DAY, 1, Map.of("cluster", "c1"));
    try (BlockWriter w = BlockWriter.create(source, block, symbols)) {
      w.add(labels, ChunkCutter.cut(samples, 0, samples.size(), ChunkCutter.DEFAULT_SAMPLES));
      w.finish();
    }
  }

  private void convert(List<String> foldLabels) throws Exception {
    Path work = Files.createDirectories(directory.resolve("work"));
    Conversion.run(
        source.toString(),
        directory.resolve("target").toString(),
        ConversionOptions.defaults().withWorkDirectory(work).withFoldLabels(foldLabels),
        _ -> {});
  }

  private double seriesAtMidnight() throws Exception {
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("target"));
        Gateway gateway = Gateway.open(store, GatewayOptions.defaults())) {
      Value value =
          new PromqlEngine(EngineOptions.defaults())
              .instant(gateway.source(), COUNT, START + DAY + DAY / 24, QueryLimits.NONE)
              .value();
      return value instanceof Value.Vector v ? v.samples().getFirst().value() : Double.NaN;
    }
  }
}
