package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.model.Labels;
import io.lamella.promql.QueryException;
import io.lamella.promql.Value;
import io.lamella.storage.block.BlockFiles;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.read.BloomFilter;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.block.verify.BlockVerifier;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.block.verify.VerifiedSeriesVisitor;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run of the sort key so long that it has several row groups, in another order than that of the
/// label which is asked for: Bloom filters tell the row groups apart.
class FilteredLabelsTest {
  private static final int PODS = 50_000;
  private static final long AT = SyntheticBlock.START + SyntheticBlock.DAY / 2;

  @TempDir static Path directory;

  private static Path bucket() {
    return directory.resolve("bucket");
  }

  private static String pod(int i) {
    return String.format("app-%05d-%s", i, Integer.toString(i * 7919 % 1_000_003, 36));
  }

  @BeforeAll
  static void convert() throws Exception {
    List<Labels> series = new ArrayList<>();
    for (int i = 0; i < PODS; i++) {
      series.add(
          Labels.of(
              "__name__",
              "cpu_seconds_total",
              "instance",
              "10.0." + i % 251 + "." + i % 241 + ":9100",
              "pod",
              pod(i)));
    }
    SyntheticBlock.write(directory.resolve("tsdb"), series, 24);
    ConvertedBlocks.convert(directory.resolve("tsdb"), bucket());
  }

  private static int results(Gateway gateway, String matcher) {
    String query = "last_over_time(cpu_seconds_total{" + matcher + "}[4h])";
    Value value = gateway.queries().instant(query, AT, QueryOptions.NONE).value().value();
    return value instanceof Value.Vector v ? v.samples().size() : -1;
  }

  @Test
  void everySeriesIsFound() throws Exception {
    Random random = new Random(20260207);
    try (ObjectStore files = DirectoryObjectStore.open(bucket());
        Gateway gateway = Gateway.open(files, ConvertedBlocks.withoutPageCache())) {
      for (int i = 0; i < 50; i++) {
        String one = pod(random.nextInt(PODS));
        String other = pod(PODS / 2 + random.nextInt(PODS));
        int found = Stream.of(one, other).distinct().mapToInt(p -> occurs(p)).sum();
        assertEquals(1, results(gateway, "pod=\"" + one + "\""), one);
        assertEquals(
            found, results(gateway, "pod=~\"" + one + "|" + other + "\""), one + " " + other);
        assertEquals(0, results(gateway, "pod=\"" + one + "\",instance!~\".+\""), one);
        assertEquals(
            1, results(gateway, "pod=\"" + one + "\",pod!=\"" + other + "x\""), one + " " + other);
      }
      assertEquals(PODS - 1, results(gateway, "pod!=\"" + pod(1) + "\""));
    }
  }

  private static int occurs(String pod) {
    return Integer.parseInt(pod.substring(4, pod.lastIndexOf('-'))) < PODS ? 1 : 0;
  }

  @Test
  void aValueThatDoesNotOccurIsRuledOutByTheFiltersAlone() throws Exception {
    try (ObjectStore files = DirectoryObjectStore.open(bucket());
        CountingObjectStore store = new CountingObjectStore(files);
        Gateway gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache())) {
      store.reset();

      assertEquals(0, results(gateway, "pod=\"app-10000-none\""));

      assertTrue(store.gets() <= 2 && store.bytesRead() < 100_000, store.reads().toString());
    }
  }

  @Test
  void prefetchedFiltersAreNotReadAgain() throws Exception {
    GatewayOptions patient =
        GatewayOptions.defaults()
            .withoutResultsCache()
            .withPrefetch(new PrefetchLimits(8 << 20, 1 << 20, Duration.ofMinutes(1)));
    try (ObjectStore files = DirectoryObjectStore.open(bucket());
        CountingObjectStore store = new CountingObjectStore(files);
        Gateway gateway = Gateway.open(store, patient)) {
      store.reset();

      assertEquals(1, results(gateway, "pod=\"" + pod(777) + "\""));

      assertTrue(
          store.reads().stream().allMatch(r -> r.key().name().endsWith("chunks.parquet")),
          store.reads().toString());
    }
  }

  /// The labels file, and the pods' column of its second row group.
  private record Labelled(Path file, ColumnPages pods) {}

  private static BlockMeta block(ObjectStore store) throws Exception {
    try (Gateway gateway = Gateway.open(store, GatewayOptions.defaults())) {
      return gateway.blocks().blocks().getFirst();
    }
  }

  private static Labelled labelled(Path copy) throws Exception {
    try (Stream<Path> all = Files.walk(bucket());
        ObjectStore store = DirectoryObjectStore.open(bucket())) {
      for (Path p : all.filter(Files::isRegularFile).toList()) {
        Path to = copy.resolve(bucket().relativize(p).toString());
        Files.createDirectories(to.getParent());
        Files.copy(p, to);
      }
      BlockMeta.File file = block(store).shards().getFirst().labels();
      Path path =
          BlockFiles.find(
              copy.resolve("blocks").resolve(block(store).ulid().toString()), "0.labels.parquet");
      byte[] bytes = Files.readAllBytes(path);
      ParquetFileMetadata metadata =
          ParquetFileMetadata.parse(
              Arrays.copyOfRange(bytes, (int) file.indexStart(), bytes.length),
              file.indexStart(),
              "0.labels.parquet");
      assertTrue(metadata.rowGroups().size() > 2, metadata.rowGroups().size() + " row groups");
      return new Labelled(path, metadata.rowGroups().get(1).column("l_pod").orElseThrow());
    }
  }

  private static String findings(Path bucket) throws Exception {
    try (ObjectStore store = DirectoryObjectStore.open(bucket)) {
      Findings findings = new Findings();
      BlockVerifier verifier = new BlockVerifier(store);
      BlockMeta meta = verifier.meta(block(store).ulid(), findings).orElseThrow();
      verifier.verify(meta, findings, VerifiedSeriesVisitor.NONE);
      return findings.kept().toString();
    }
  }

  @Test
  void aDamagedFilterIsReported() throws Exception {
    Path copy = directory.resolve("damaged");
    Labelled labels = labelled(copy);
    byte[] bytes = Files.readAllBytes(labels.file());
    bytes[(int) labels.pods().filter().orElseThrow().start() + 40] ^= 1;
    Files.write(labels.file(), bytes);

    assertTrue(findings(copy).contains("column=l_pod filter"), findings(copy));
    try (ObjectStore store = DirectoryObjectStore.open(copy);
        Gateway gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache())) {
      QueryException e =
          assertThrows(
              QueryException.class, () -> results(gateway, "pod=\"" + pod(PODS / 2) + "\""));
      assertTrue(String.valueOf(e.getMessage()).contains("Bloom filter"), e.getMessage());
    }
  }

  @Test
  void aFilterThatLacksAValueIsReported() throws Exception {
    Path copy = directory.resolve("lacking");
    Labelled labels = labelled(copy);
    byte[] bytes = Files.readAllBytes(labels.file());
    ByteRange range = labels.pods().filter().orElseThrow();
    int end = (int) range.end() - BloomFilter.CHECKSUM_BYTES;
    Arrays.fill(bytes, end - 32, end, (byte) 0);
    CRC32C crc = new CRC32C();
    crc.update(bytes, (int) range.start(), end - (int) range.start());
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(end, (int) crc.getValue());
    Files.write(labels.file(), bytes);

    assertTrue(findings(copy).contains("the filter lacks \"app-"), findings(copy));
  }
}
