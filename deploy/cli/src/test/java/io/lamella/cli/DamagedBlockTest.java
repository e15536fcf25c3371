package io.lamella.cli;

import static io.lamella.cli.HandMadeBlock.DAY;
import static io.lamella.cli.HandMadeBlock.DAY_MILLIS;
import static io.lamella.cli.HandMadeBlock.ULID;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.BlockFiles;
import io.lamella.storage.block.BlockManifest;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.ValueStatistics;
import io.lamella.storage.block.verify.BlockReport;
import io.lamella.storage.block.verify.BlockVerifier;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.block.verify.VerifiedSeriesVisitor;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `verify` finds every kind of damage and reports where it is.
class DamagedBlockTest {
  private static final ObjectKey BLOCK = BlockNames.directory(ULID);

  @TempDir Path directory;
  private final MemoryObjectStore store = new MemoryObjectStore();

  private static HandMadeBlock sound() {
    return new HandMadeBlock()
        .add("errors", "1", DAY, DAY + 60_000)
        .add("requests", "1", DAY + 1000, DAY + 2000, DAY + 3000)
        .add("requests", "45", DAY + 5000, DAY + DAY_MILLIS - 1);
  }

  private BlockReport verify() throws IOException {
    Findings findings = new Findings();
    BlockVerifier verifier = new BlockVerifier(store);
    Optional<BlockMeta> meta = verifier.meta(ULID, findings);
    return meta.isPresent()
        ? verifier.verify(meta.get(), findings, VerifiedSeriesVisitor.NONE)
        : new BlockReport(ULID, 0, 0, 0, findings.kept(), findings.count());
  }

  private void assertFound(String... parts) throws IOException {
    BlockReport report = verify();
    String text = report.findings().toString();
    for (String part : parts) {
      assertTrue(text.contains(part), () -> "\"" + part + "\" is not in " + text);
    }
  }

  private ObjectKey key(String object) throws IOException {
    return BlockFiles.find(store, ULID, object);
  }

  private byte[] bytes(String object) throws IOException {
    ByteBuffer b = store.readAll(key(object), 1 << 20);
    byte[] out = new byte[b.remaining()];
    b.get(out);
    return out;
  }

  @Test
  void anIntactBlockHasNoFindings() throws IOException {
    sound().write(directory, store);
    BlockReport report = verify();
    assertEquals(List.of(), report.findings());
    assertEquals(3, report.series());
    assertEquals(7, report.samples());
  }

  @Test
  void aFlippedByteInAPageIsReportedWithThePage() throws IOException {
    BlockMeta meta = sound().write(directory, store);
    byte[] b = bytes("0.chunks.parquet");
    b[(int) meta.shards().getFirst().chunks().indexStart() - 3] ^= 1;
    store.put(key("0.chunks.parquet"), ByteBuffer.wrap(b));
    assertFound(
        "0.chunks.parquet", "digest", "checksum", "column=s_data_0 page=0 rows=[0, 3) range=");
  }

  @Test
  void aFlippedByteInAPageIndexIsReported() throws IOException {
    BlockMeta meta = sound().write(directory, store);
    byte[] b = bytes("0.labels.parquet");
    b[(int) meta.shards().getFirst().labels().indexStart() + 3] ^= 1;
    store.put(key("0.labels.parquet"), ByteBuffer.wrap(b));
    assertFound("0.labels.parquet", "page indexes and footer have checksum");
  }

  @Test
  void pageBoundsThatExcludeAValueAreReported() throws Exception {
    BlockMeta meta = sound().write(directory, store);
    BlockMeta.Shard shard = meta.shards().getFirst();
    byte[] b = bytes("0.labels.parquet");
    int at = (int) shard.labels().indexStart();
    String tail = new String(b, at, b.length - at, java.nio.charset.StandardCharsets.ISO_8859_1);
    b[at + tail.indexOf("errors")] = 'f';
    byte[] index = Arrays.copyOfRange(b, at, b.length);
    store.put(key("0.labels.parquet"), ByteBuffer.wrap(b));
    BlockMeta.File file =
        new BlockMeta.File(
            shard.labels().name(),
            b.length,
            at,
            BlockManifest.checksum(index),
            HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(b)));
    publish(meta, shard.withLabels(file));
    assertFound(
        "column=l___name__ page=0", "bounds \"frrors\"..\"requests\" do not include \"errors\"");
  }

  /// Publishes the block with another shard, whose files are where those of the block are.
  private void publish(BlockMeta meta, BlockMeta.Shard shard) throws IOException {
    List<BlockMeta.Shard> placed = BlockNames.inDigestDirectory(List.of(shard));
    BlockMeta changed = meta.withShards(placed);
    for (String name : HandMadeBlock.files(changed)) {
      byte[] b = bytes(BlockNames.fileName(name));
      store.delete(key(BlockNames.fileName(name)));
      store.put(BLOCK.resolve(name), ByteBuffer.wrap(b));
    }
    HandMadeBlock.put(changed, store);
  }

  @Test
  void wrongStatisticsOfARunAreReported() throws IOException {
    BlockMeta meta = sound().write(directory, store);
    BlockMeta.Shard shard = meta.shards().getFirst();
    BlockManifest there = BlockManifest.decode(bytes("0.manifest"), shard, "0.manifest");
    RunDirectory.RunsBuilder runs = new RunDirectory.RunsBuilder(there.runs().labels(), 1);
    for (int r = 0; r < there.runs().runs(); r++) {
      ValueStatistics s = there.runs().statistics(0, r);
      double max = r == 1 ? s.max() + 1 : s.max();
      runs.add(
          List.of(there.runs().value(0, r), there.runs().value(1, r)),
          there.runs().endRow(r) - there.runs().firstRow(r),
          new ValueStatistics[] {
            new ValueStatistics(
                s.samples(), s.firstMillis(), s.lastMillis(), s.min(), max, s.flags())
          });
    }
    byte[] changed =
        new BlockManifest(there.labelsTail(), there.chunksTail(), runs.build())
            .encode(shard.labels(), shard.chunks());
    store.put(key("0.manifest"), ByteBuffer.wrap(changed));
    publish(meta, shard.withManifest(BlockMeta.Manifest.of("0.manifest", changed)));
    assertFound("0.manifest run=1 column=0", "statistics of [requests, 1]");
  }

  @Test
  void wrongKeysOfAShardInTheMetaAreReported() throws IOException {
    BlockMeta meta = sound().write(directory, store);
    BlockMeta.Shard s = meta.shards().getFirst();
    List<String> first = List.of("errors", "");
    BlockMeta.Shard changed =
        new BlockMeta.Shard(
            s.rows(), s.rowGroups(), first, s.lastKey(), s.labels(), s.chunks(), s.manifest());
    HandMadeBlock.put(meta.withShards(List.of(changed)), store);
    assertFound(
        "0.manifest",
        "runs from [errors, 1] to [requests, 45], meta.json says [errors, ] to [requests, 45]");
  }

  @Test
  void aChangedManifestIsReported() throws IOException {
    sound().write(directory, store);
    byte[] b = bytes("0.manifest");
    b[b.length - 1] ^= 1;
    store.put(key("0.manifest"), ByteBuffer.wrap(b));
    assertFound("checksum", "0.manifest");
  }

  @Test
  void rowsOutOfOrderAreReported() throws IOException {
    new HandMadeBlock()
        .add("requests", "45", DAY)
        .add("requests", "1", DAY)
        .add("zzz", "1", DAY)
        .write(directory, store);
    assertFound("out of order after {__name__=\"requests\", dc_id=\"45\"}", "row=1");
  }

  @Test
  void aDuplicateSeriesIsReported() throws IOException {
    new HandMadeBlock().add("up", "1", DAY).add("up", "1", DAY).write(directory, store);
    assertFound("series {__name__=\"up\", dc_id=\"1\"} occurs twice", "row=1");
  }

  @Test
  void aSampleOutsideTheBlockIsReported() throws IOException {
    new HandMadeBlock().add("up", "1", DAY, DAY + DAY_MILLIS).write(directory, store);
    assertFound("sample at " + (DAY + DAY_MILLIS) + " outside", "column=s_data_0 page=0 row=0");
  }

  @Test
  void wrongSampleTimesOfARowAreReported() throws IOException {
    new HandMadeBlock()
        .add("up", "1", DAY, DAY + 5, new long[] {DAY, DAY + 1})
        .write(directory, store);
    assertFound("from " + DAY + " to " + (DAY + 5) + ", its samples from " + DAY, "row=0");
  }

  @Test
  void wrongStatisticsOfARowAreReported() throws IOException {
    new HandMadeBlock()
        .add("up", "1", DAY, DAY + 5)
        .claiming(new ValueStatistics(3, DAY, DAY + 5, -1, 7, 0))
        .write(directory, store);
    assertFound(
        "row=0",
        "s_samples_0 is 3, its samples say 2",
        "s_min_0 is -1.0, its samples say 0.0",
        "s_max_0 is 7.0, its samples say 5.0");
  }

  @Test
  void aTruncatedObjectIsReported() throws IOException {
    sound().write(directory, store);
    byte[] b = bytes("0.chunks.parquet");
    store.put(key("0.chunks.parquet"), ByteBuffer.wrap(Arrays.copyOf(b, b.length - 100)));
    assertFound((b.length - 100) + " bytes, meta.json says " + b.length, "0.chunks.parquet");
  }

  @Test
  void aMissingObjectIsReported() throws IOException {
    sound().write(directory, store);
    store.delete(key("0.labels.parquet"));
    assertFound("the object is missing", "0.labels.parquet");
  }

  @Test
  void aWrongSampleCountInTheMetaIsReported() throws IOException {
    BlockMeta meta = sound().write(directory, store);
    BlockMeta.Counts c = meta.counts();
    HandMadeBlock.put(
        meta.withCounts(
            new BlockMeta.Counts(c.series(), c.chunks(), 8, c.firstMillis(), c.lastMillis())),
        store);
    assertFound("8 samples, found 7", "meta.json member=samples");
  }

  @Test
  void aChangedMetaIsReported() throws IOException {
    sound().write(directory, store);
    byte[] b = bytes("meta.json");
    b[20] ^= 1;
    store.put(key("meta.json"), ByteBuffer.wrap(b));
    assertFound("cannot read block meta: checksum", "meta.json");
  }
}
