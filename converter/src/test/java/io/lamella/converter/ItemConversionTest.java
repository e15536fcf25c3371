package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.converter.publish.DeletionMarks;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Conversions of single work items whose block is there already.
class ItemConversionTest {
  private static final long DAY = TestBucket.DAY;
  private static final long HOUR = TestBucket.HOUR;

  @TempDir Path directory;

  private TestBucket bucket;
  private ConversionOptions options = ConversionOptions.defaults();
  private WorkItem item;

  @BeforeEach
  void convertOnce() throws Exception {
    bucket = new TestBucket(directory.resolve("source"));
    options = options.withWorkDirectory(directory.resolve("work")).withThreads(2);
    bucket.add(0, DAY);
    item = Conversion.plan(source(), target(), options).items().getFirst();
    assertEquals(1, convert().published());
  }

  private String source() {
    return bucket.root().toString();
  }

  private String target() {
    return directory.resolve("target").toString();
  }

  private ConversionSummary convert() throws Exception {
    return Conversion.runItem(source(), target(), item, options, day -> {});
  }

  private static void assertNotDone(ConversionSummary s, String why) {
    assertEquals(0, s.published());
    assertEquals(0, s.present());
    assertEquals(1, s.problems().size());
    assertTrue(s.problems().getFirst().why().contains(why), () -> s.problems().toString());
  }

  @Test
  void aPublishedItemIsDone() throws Exception {
    ConversionSummary s = convert();

    assertEquals(1, s.present());
    assertTrue(s.isComplete());
  }

  @Test
  void anItemWhoseBlockHasAnUnreadableMetaIsNotDone() throws Exception {
    Files.writeString(Path.of(target()).resolve(BlockNames.meta(item.target()).name()), "{}");

    assertNotDone(convert(), "plan again");
  }

  @Test
  void anItemWhoseBlockIsMarkedForDeletionIsNotDone() throws Exception {
    try (DirectoryObjectStore store = DirectoryObjectStore.open(Path.of(target()))) {
      DeletionMarks.put(store, List.of(item.target()), "test");
    }

    assertNotDone(convert(), "marked for deletion");
  }

  @Test
  void anItemWhoseBlockIsReplacedByOneOfOtherRulesIsNotDone() throws Exception {
    options = options.withFoldLabels(List.of("cluster"));
    Conversion.run(source(), target(), options, day -> {});

    assertNotDone(convert(), "replaced");
  }

  @Test
  void anItemWhoseBlockIsReplacedByOneWithALateSourceBlockIsDone() throws Exception {
    bucket.add(HOUR, DAY);
    assertEquals(1, Conversion.run(source(), target(), options, day -> {}).published());

    ConversionSummary s = convert();

    assertEquals(1, s.present());
    assertTrue(s.isComplete());
  }
}
