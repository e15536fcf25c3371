package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A narrow query reads little of a block that is large in one respect: many label names, one long
/// run, many runs. For measurements by hand, `lamella.large` multiplies the sizes,
/// `lamella.samples` sets how many samples a series with a rare label has, and `lamella.print`
/// prints what was measured.
class LargeShardsTest {
  private static final int LARGE = Integer.getInteger("lamella.large", 1);
  private static final int SAMPLES = Integer.getInteger("lamella.samples", 120);
  private static final long AT = SyntheticBlock.START + SyntheticBlock.DAY / 2;

  @TempDir Path directory;

  /// @param target bytes of the published bucket, `source` of the TSDB block
  private record ReadCost(int gets, long bytes, long target, long source) {}

  /// Converts and asks a first query of a new process.
  private ReadCost cost(List<Labels> series, int samples, String query) throws Exception {
    long source = SyntheticBlock.write(directory.resolve("tsdb"), series, samples);
    long begun = System.nanoTime();
    ConvertedBlocks.convert(directory.resolve("tsdb"), directory.resolve("bucket"));
    long millis = (System.nanoTime() - begun) / 1_000_000;
    try (ObjectStore files = DirectoryObjectStore.open(directory.resolve("bucket"));
        CountingObjectStore store = new CountingObjectStore(files);
        Gateway gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache())) {
      BlockMeta block = gateway.blocks().blocks().getFirst();
      assertEquals(series.size(), block.counts().series());
      long target;
      try (Stream<Path> all = Files.walk(directory.resolve("bucket"))) {
        target = all.filter(Files::isRegularFile).mapToLong(p -> p.toFile().length()).sum();
      }
      store.reset();
      long asked = System.nanoTime();
      QueryResult result = gateway.queries().instant(query, AT, QueryOptions.NONE).value();
      long answered = (System.nanoTime() - asked) / 1_000_000;
      assertTrue(result.value() instanceof Value.Vector v && v.samples().size() == 1, "no result");
      if (Boolean.getBoolean("lamella.print")) {
        System.out.printf(
            "%d series: converted in %d ms to %d shards, %.2f of the source; query %d ms, %d GETs,"
                + " %d bytes: %s%n",
            series.size(),
            millis,
            block.shards().size(),
            (double) target / source,
            answered,
            store.gets(),
            store.bytesRead(),
            store.reads().stream().map(r -> r.range().length()).toList());
      }
      return new ReadCost(store.gets(), store.bytesRead(), target, source);
    }
  }

  /// Each metric has label names of its own.
  private static List<Labels> manyLabelNames() {
    List<Labels> series = new ArrayList<>();
    for (int n = 0; n < 3400 * LARGE; n++) {
      for (int i = 0; i < 4; i++) {
        series.add(
            Labels.of(
                "__name__",
                String.format("metric_%05d", n / 2),
                "instance",
                "10.0.0." + i + ":9100",
                "job",
                "node",
                String.format("label_%05d", n),
                "value-" + i));
      }
    }
    return series;
  }

  @Test
  void aBlockWithManyLabelNamesIsReadByItsNarrowShards() throws Exception {
    ReadCost cost =
        cost(
            manyLabelNames(), SAMPLES, "last_over_time(metric_00777{label_01554=\"value-2\"}[2h])");

    assertTrue(cost.gets() <= 6 && cost.bytes() <= 300_000, cost.toString());
  }

  /// A page of a column without a value takes as much as a label of several series.
  @Test
  void aBlockWithManyLabelNamesIsSmallerThanItsSource() throws Exception {
    ReadCost cost =
        cost(
            manyLabelNames(), SAMPLES, "last_over_time(metric_00777{label_01554=\"value-2\"}[2h])");

    assertTrue(cost.target() < 0.62 * cost.source(), cost.toString());
  }

  private static List<Labels> pods(int count) {
    Random random = new Random(20260105);
    List<Labels> series = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      series.add(
          Labels.of(
              "__name__", "container_cpu_usage_seconds_total",
              "namespace", "ns-" + i / 1200,
              "pod",
                  String.format("app-%05d-", i) + Integer.toString(random.nextInt(1 << 30), 36)));
    }
    return series;
  }

  @Test
  void aLongRunInAnotherOrderIsReadInPart() throws Exception {
    List<Labels> series = new ArrayList<>();
    for (Labels pod : pods(60_000)) {
      LabelsBuilder labels = new LabelsBuilder();
      for (int i = 0; i < pod.size(); i++) {
        labels.add(pod.name(i), pod.value(i));
      }
      // Its place in the order of the rows.
      labels.add("instance", Integer.toString(pod.hashCode() & 0xffff, 36) + ":9100");
      series.add(labels.build());
    }
    String pod = series.get(777).value("pod");

    ReadCost cost =
        cost(
            series,
            48,
            "last_over_time(container_cpu_usage_seconds_total{pod=\"" + pod + "\"}[2h])");

    assertTrue(cost.gets() <= 4 && cost.bytes() <= 400_000, cost.toString());
  }

  @Test
  void aLongRunIsReadInPart() throws Exception {
    List<Labels> series = pods(60_000);

    ReadCost cost =
        cost(
            series,
            48,
            "last_over_time(container_cpu_usage_seconds_total{pod=\""
                + series.get(777).value("pod")
                + "\"}[2h])");

    assertTrue(cost.bytes() <= 400_000, cost.toString());
  }

  @Test
  void ofManyRunsOneManifestIsRead() throws Exception {
    List<Labels> series = new ArrayList<>();
    for (int n = 0; n < 100_000 * LARGE; n++) {
      LabelsBuilder labels = new LabelsBuilder();
      labels.add("__name__", String.format("metric_%07d", n / 20));
      labels.add("dc_id", "dc-" + n % 20);
      labels.add("instance", "host-" + n % 1000);
      series.add(labels.build());
    }

    ReadCost cost = cost(series, 12, "last_over_time(metric_0000777{dc_id=\"dc-7\"}[8h])");

    assertTrue(cost.gets() <= 3 && cost.bytes() <= 600_000, cost.toString());
  }
}
