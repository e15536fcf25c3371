package io.lamella.converter.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.converter.schedule.SourceBlock;
import io.lamella.converter.schedule.TimeSpan;
import io.lamella.model.Labels;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.block.verify.BlockReport;
import io.lamella.storage.block.verify.BlockVerifier;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The choice of source blocks for a published block, and the comparison with them.
class SourceVerifierTest {
  private static final long DAY = 86_400_000;

  @TempDir Path directory;

  private static Ulid ulid(int n) {
    return Ulid.of(n, new byte[10]);
  }

  private static SourceBlock block(int n, long min, long max, int... sources) {
    Set<Ulid> ulids =
        Arrays.stream(sources).mapToObj(SourceVerifierTest::ulid).collect(Collectors.toSet());
    return new SourceBlock(ulid(n), BlockMeta.Coverage.raw(Labels.EMPTY, min, max), ulids);
  }

  /// A block of day 0.
  private static BlockMeta published(int... sources) {
    return SampleMetas.meta(0)
        .withLineage(
            SampleMetas.lineage(
                Arrays.stream(sources).mapToObj(SourceVerifierTest::ulid).toList()));
  }

  private static SourceVerifier.Chosen choose(BlockMeta meta, SourceBlock... blocks) {
    return SourceVerifier.choose(List.of(blocks), meta);
  }

  private static SourceVerifier.Chosen chosen(List<Ulid> blocks, Set<Ulid> missing) {
    return new SourceVerifier.Chosen(blocks, missing, SourceComparison.Sources.COMPACTED);
  }

  @Test
  void aCompactedBlockIsReadInsteadOfItsParts() {
    assertEquals(
        chosen(List.of(ulid(9)), Set.of()),
        choose(published(1, 2), block(1, 0, 10), block(2, 10, 20), block(9, 0, 20, 1, 2)));
  }

  @Test
  void blocksWithFurtherSourcesAreReadOnlyForSourcesThatOthersLack() {
    SourceBlock more = block(9, 0, 3 * DAY, 1, 2, 3);
    assertEquals(
        chosen(List.of(ulid(1), ulid(2)), Set.of()),
        choose(published(1, 2), more, block(1, 0, 10), block(2, 10, 20)));
    assertEquals(
        chosen(List.of(ulid(1), ulid(9)), Set.of()),
        choose(published(1, 2), more, block(1, 0, 10)));
  }

  @Test
  void sourcesThatNoBlockContainsAreMissing() {
    assertEquals(
        chosen(List.of(ulid(1)), Set.of(ulid(2))),
        choose(published(1, 2), block(1, 0, 10), block(5, 0, 10)));
  }

  @Test
  void aSourceOutsideTheDayIsNeitherMissingNorRead() {
    BlockMeta meta = published(1, 2);
    BlockMeta.Lineage l = meta.lineage();
    List<BlockMeta.Source> sources =
        List.of(l.sources().getFirst(), new BlockMeta.Source(ulid(2), DAY, DAY + 10, 1));
    BlockMeta.Lineage outside =
        new BlockMeta.Lineage(
            sources, l.inputs(), l.replaces(), l.rules(), l.generation(), l.createdBy());

    assertEquals(
        chosen(List.of(ulid(1)), Set.of()),
        choose(meta.withLineage(outside), block(1, 0, 10), block(2, DAY, DAY + 10)));
  }

  @Test
  void aCompactedBlockThatIsASourceItselfIsRead() {
    // It has samples outside of what its meta states.
    assertEquals(
        chosen(List.of(ulid(1), ulid(9)), Set.of()),
        choose(published(1, 2, 9), block(1, 0, 10), block(9, DAY, DAY + 10, 2)));
  }

  @Test
  void aSourceThatWasCompactedOnceMoreIsReadAsAPartOfTheLarger() {
    SourceBlock larger = block(8, 0, 20, 1, 2);
    SourceBlock ofNine =
        new SourceBlock(
            larger.ulid(),
            larger.coverage(),
            larger.sources(),
            Map.of(ulid(9), new TimeSpan(10, 20)),
            larger.files());

    assertEquals(chosen(List.of(ulid(8)), Set.of()), choose(published(1, 2, 9), ofNine));
  }

  @Test
  void convertedBlocksEqualTheirSourcesAndAMissingSourceIsNamed() throws Exception {
    Path from = RecordedSamples.directory().resolve("floats");
    Path bucket = directory.resolve("bucket");
    ConversionOptions options =
        ConversionOptions.defaults().withWorkDirectory(directory.resolve("work"));
    Conversion.run(from.toString(), bucket.toString(), options, _ -> {});
    Path nothing = Files.createDirectories(directory.resolve("nothing"));
    try (DirectoryObjectStore store = DirectoryObjectStore.open(bucket);
        SourceVerifier verifier = SourceVerifier.open(from.toString());
        SourceVerifier without = SourceVerifier.open(nothing.toString())) {
      List<BlockMeta> blocks =
          new PublishedBucket(store, PublishedBucket.Scope.ALL).refresh().visible();
      assertEquals(3, blocks.size());
      for (BlockMeta m : blocks) {
        BlockReport report = verifier.verify(new BlockVerifier(store), m, new Findings());
        assertEquals(List.of(), report.findings());
        assertEquals(m.counts().samples(), report.samples());
        assertThrows(
            IOException.class, () -> without.verify(new BlockVerifier(store), m, new Findings()));
      }
    }
  }

  @Test
  void aSourceThatCouldNotBeOpenedIsTriedAgainForTheNextBlock() throws Exception {
    Path from = directory.resolve("from");
    Path recorded = RecordedSamples.directory().resolve("floats");
    try (Stream<Path> files = Files.walk(recorded)) {
      for (Path p : files.filter(Files::isRegularFile).toList()) {
        Path copy = from.resolve(recorded.relativize(p));
        Files.createDirectories(copy.getParent());
        Files.copy(p, copy);
      }
    }
    Path bucket = directory.resolve("bucket");
    ConversionOptions options =
        ConversionOptions.defaults().withWorkDirectory(directory.resolve("work"));
    Conversion.run(from.toString(), bucket.toString(), options, _ -> {});
    try (DirectoryObjectStore store = DirectoryObjectStore.open(bucket);
        SourceVerifier verifier = SourceVerifier.open(from.toString())) {
      BlockMeta block =
          new PublishedBucket(store, PublishedBucket.Scope.ALL).refresh().visible().getFirst();
      Path moved = directory.resolve("moved");
      Files.move(from, moved);
      assertThrows(
          IOException.class,
          () -> verifier.verify(new BlockVerifier(store), block, new Findings()));
      Files.move(moved, from);

      BlockReport report = verifier.verify(new BlockVerifier(store), block, new Findings());

      assertEquals(List.of(), report.findings());
      assertEquals(block.counts().samples(), report.samples());
    }
  }
}
