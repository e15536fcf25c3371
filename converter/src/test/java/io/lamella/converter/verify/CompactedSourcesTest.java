package io.lamella.converter.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.converter.merge.SourceBlockFiles;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.block.verify.BlockVerifier;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.object.local.DirectoryObjectStore;
import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blocks 2 and 3 of two replicas have samples of the same times, and the published block has those
/// of block 2. Then block 3 and a later one are compacted to block 1.
class CompactedSourcesTest {
  private static final long DAY = 20_000 * 86_400_000L;
  private static final long MINUTE = 60_000;
  private static final int SAMPLES = 10;
  private static final Labels SERIES = Labels.of("__name__", "up", "dc_id", "1");

  @TempDir Path directory;

  private Path from() {
    return directory.resolve("from");
  }

  private void write(int number, String replica, SampleColumns samples) throws IOException {
    SourceBlockFiles.write(
        from(), number, Map.of("replica", replica), Map.of(SERIES, samples), 120);
  }

  /// Gives a block of replica b other samples.
  private void change(int number, double value) throws IOException {
    DirectoryTree.delete(from().resolve(ulid(number)));
    write(number, "b", constant(value));
  }

  private static SampleColumns constant(double value) {
    return SourceBlockFiles.constant(DAY, MINUTE, SAMPLES, value);
  }

  private void convert(BlockMeta.Dedup dedup) throws Exception {
    write(2, "a", constant(2));
    convertOther(dedup);
  }

  /// Converts blocks 3 and 4, and block 2 where it is there.
  private void convertOther(BlockMeta.Dedup dedup) throws Exception {
    write(3, "b", constant(3));
    write(4, "b", SourceBlockFiles.constant(DAY + SAMPLES * MINUTE, MINUTE, SAMPLES, 4));
    ConversionOptions options =
        ConversionOptions.defaults()
            .withWorkDirectory(directory.resolve("work"))
            .withRules(new BlockMeta.Rules(Set.of("replica"), dedup, List.of()));
    Conversion.run(from().toString(), directory.resolve("bucket").toString(), options, _ -> {});
  }

  /// Replaces blocks 3 and 4 by one that has `value` where block 3 was.
  private void compact(double value) throws IOException {
    addCompacted(value);
    DirectoryTree.delete(from().resolve(ulid(3)));
    DirectoryTree.delete(from().resolve(ulid(4)));
  }

  private void addCompacted(double value) throws IOException {
    SampleColumns both = constant(value);
    both.addAll(SourceBlockFiles.constant(DAY + SAMPLES * MINUTE, MINUTE, SAMPLES, 4));
    write(1, "b", both);
    Path meta = from().resolve(ulid(1)).resolve("meta.json");
    String text = Files.readString(meta);
    Files.writeString(
        meta,
        text.replaceFirst(
            "\"sources\": \\[[^\\]]*\\]",
            "\"sources\": [\"" + ulid(3) + "\", \"" + ulid(4) + "\"]"));
  }

  private static String ulid(int number) {
    return Ulid.of(number, new byte[10]).toString();
  }

  private Findings verify() throws Exception {
    Findings findings = new Findings();
    try (DirectoryObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        SourceVerifier verifier = SourceVerifier.open(from().toString())) {
      BlockMeta meta =
          new PublishedBucket(store, PublishedBucket.Scope.ALL).refresh().visible().getFirst();
      verifier.verify(new BlockVerifier(store), meta, findings);
    }
    return findings;
  }

  @Test
  void samplesThatWonByAnIdentifierThatIsGoneAreSound() throws Exception {
    convert(BlockMeta.Dedup.MERGE);
    compact(3);

    assertEquals(List.of(), verify().kept());
  }

  @Test
  void aSourceThatChangedAfterItsCompactionDoesNotCount() throws Exception {
    convertOther(BlockMeta.Dedup.MERGE);
    addCompacted(3);
    change(3, 5);

    assertEquals(List.of(), verify().kept());
  }

  @Test
  void aSourceThatChangedIsReported() throws Exception {
    convertOther(BlockMeta.Dedup.MERGE);
    change(3, 5);

    assertEquals(1, verify().count());
  }

  @Test
  void samplesThatNoSourceHasAreReported() throws Exception {
    convert(BlockMeta.Dedup.MERGE);
    compact(3);
    DirectoryTree.delete(from().resolve(ulid(2)));
    write(2, "a", constant(5));

    assertEquals(1, verify().count());
  }

  @Test
  void samplesOfAReplicaThatThePenaltyRuleLeavesOutAreReported() throws Exception {
    convert(BlockMeta.Dedup.PENALTY);
    compact(2);
    DirectoryTree.delete(from().resolve(ulid(2)));
    write(2, "a", constant(5));

    assertEquals(1, verify().count());
  }
}
