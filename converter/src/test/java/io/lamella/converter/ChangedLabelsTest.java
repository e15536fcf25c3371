package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// External labels of source blocks that are changed in place are noticed.
class ChangedLabelsTest {
  private static final long DAY = TestBucket.DAY;

  @TempDir Path directory;

  private TestBucket bucket;
  private Ulid block;
  private ConversionOptions options = ConversionOptions.defaults();

  @BeforeEach
  void open() throws Exception {
    bucket = new TestBucket(directory.resolve("source"));
    options = options.withWorkDirectory(directory.resolve("work")).withThreads(2);
    block = bucket.add(0, DAY, Map.of("dc_id", "1"), 2);
    bucket.add(0, DAY, Map.of("dc_id", "2"), 2);
  }

  private ConversionSummary convert() throws Exception {
    return Conversion.run(
        bucket.root().toString(), directory.resolve("target").toString(), options, day -> {});
  }

  private List<BlockMeta> visible() throws Exception {
    try (DirectoryObjectStore store = DirectoryObjectStore.open(directory.resolve("target"))) {
      return new PublishedBucket(store, PublishedBucket.Scope.ALL).refresh().visible();
    }
  }

  @Test
  void aChangedFoldLabelPlansTheDayAgain() throws Exception {
    options = options.withFoldLabels(List.of("dc_id"));
    convert();
    bucket.edit(block, "\"dc_id\": ?\"1\"", "\"dc_id\": \"7\"");

    assertEquals(1, convert().published());

    assertEquals(1, visible().size());
    assertEquals(List.of("up", "7"), visible().getFirst().shards().getLast().lastKey());
    assertEquals(0, convert().published());
  }

  @Test
  void aChangedStreamLabelMovesTheDayToTheOtherStream() throws Exception {
    convert();
    bucket.edit(block, "\"dc_id\": ?\"1\"", "\"dc_id\": \"7\"");

    assertEquals(1, convert().published());

    assertEquals(
        List.of("2", "7"),
        visible().stream().map(m -> m.external().value("dc_id")).sorted().toList());
  }

  @Test
  void anotherMemberOfTheMetaPlansNothing() throws Exception {
    convert();
    bucket.edit(block, "\"version\": ?1", "\"version\": 1, \"extra\": 1");

    assertEquals(0, convert().published());
  }
}
