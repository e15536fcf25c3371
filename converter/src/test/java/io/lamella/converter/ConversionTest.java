package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.converter.ConversionSummary.Problem;
import io.lamella.converter.schedule.DaySelection;
import io.lamella.converter.schedule.Plan;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.converter.schedule.WorkItemJson;
import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.local.DirectoryTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Conversions of buckets in which not all is well.
class ConversionTest extends ConversionCase {
  private List<Long> days() throws Exception {
    return visible().stream().map(m -> m.minTimeMillis() / DAY).toList();
  }

  private static List<String> names(ConversionSummary s) {
    return s.problems().stream().map(Problem::name).toList();
  }

  @Test
  void aSecondRunDoesNothing() throws Exception {
    bucket.add(0, 2 * DAY);
    bucket.add(2 * DAY, 3 * DAY);

    assertEquals(3, convert().published());
    ConversionSummary again = convert();

    assertEquals(0, again.published());
    assertEquals(3, again.present());
    assertTrue(again.isComplete());
  }

  @Test
  void samplesOutsideOfTheMetasTimesAreKeptAndNamed() throws Exception {
    Ulid block = bucket.add(0, 3 * DAY);
    // Compacted, so that the block is not its own leaf.
    bucket.edit(block, "\"sources\": \\[[^\\]]*\\]", "\"sources\": [\"" + new Ulid(0, 9) + "\"]");
    bucket.edit(block, "\"maxTime\": \\d+", "\"maxTime\": " + HOUR);

    ConversionSummary s = convert();

    assertEquals(List.of(0L, 1L, 2L), days());
    assertEquals(3L * PER_DAY, s.samples());
    assertEquals(List.of(block), s.outside());
    assertTrue(s.isComplete(), () -> s.problems().toString());
    assertEquals(0, convert().published());
    // Had the run ended after its first round, the next one would do the rest.
    BlockMeta last = visible().getLast();
    DirectoryTree.delete(Path.of(target()).resolve(BlockNames.directory(last.ulid()).name()));
    assertEquals(1, convert().published());
  }

  @Test
  void aBlockWithFewerSamplesThanItsMetaStatesFailsItsLastDay() throws Exception {
    Ulid block = bucket.add(0, DAY);
    bucket.edit(block, "\"numSamples\": \\d+", "\"numSamples\": " + (PER_DAY + 1));

    ConversionSummary s = convert();

    assertEquals(List.of(), days());
    assertTrue(
        s.problems().getFirst().why().contains(PER_DAY + " read, its meta.json states"),
        () -> s.problems().toString());
  }

  @Test
  void anotherRunDoesNotForgetThatSamplesAreMissing() throws Exception {
    Ulid block = bucket.add(0, 2 * DAY);
    bucket.edit(block, "\"numSamples\": \\d+", "\"numSamples\": " + (2 * PER_DAY + 1));
    convert();
    List<Long> before = days();

    ConversionSummary s = convert();

    assertEquals(1, before.size());
    assertEquals(before, days());
    assertTrue(
        s.problems().getFirst().why().contains(2 * PER_DAY + " read, its meta.json states"),
        () -> s.problems().toString());
  }

  @Test
  void anInternalErrorCostsItsDayAlone() throws Exception {
    bucket.add(0, 2 * DAY);
    ConversionProgress failing =
        new ConversionProgress() {
          @Override
          public void dayDone(long dayMillis) {}

          @Override
          public void started(WorkItem item, long samples) {
            if (item.dayMillis() == 0) {
              throw new IllegalStateException("broken");
            }
          }
        };

    ConversionSummary s = Conversion.run(bucket.root().toString(), target(), options, failing);

    assertEquals(List.of(1L), days());
    assertTrue(s.problems().getFirst().why().contains("broken"), () -> s.problems().toString());
  }

  @Test
  void damagedBlocksAreNamedAndCostTheirDaysAlone() throws Exception {
    bucket.add(0, DAY);
    Ulid corruptMeta = bucket.add(10 * DAY, 11 * DAY);
    Files.writeString(bucket.directory(corruptMeta).resolve("meta.json"), "{");
    Ulid impossible = bucket.add(20 * DAY, 21 * DAY);
    bucket.edit(impossible, "\"minTime\": \\d+", "\"minTime\": 0");
    bucket.edit(impossible, "\"maxTime\": \\d+", "\"maxTime\": 1000000000000000");
    Ulid segment = bucket.add(30 * DAY, 31 * DAY);
    Files.delete(bucket.directory(segment).resolve("chunks/000001"));
    Ulid flipped = bucket.add(40 * DAY, 41 * DAY);
    bucket.flip(flipped, "chunks/000001", 100);
    Ulid partial = bucket.add(50 * DAY, 51 * DAY);
    Files.delete(bucket.directory(partial).resolve("meta.json"));
    bucket.add(60 * DAY, 61 * DAY);

    ConversionSummary s = convert();

    assertEquals(List.of(0L, 60L), days());
    for (Ulid damaged : List.of(corruptMeta, impossible, segment, flipped)) {
      assertTrue(names(s).contains(damaged.toString()), () -> damaged + " in " + s.problems());
    }
    assertFalse(names(s).contains(partial.toString()));
    assertFalse(s.isComplete());
  }

  @Test
  void aDayWithADamagedBlockWaitsUnlessThatIsLeftOut() throws Exception {
    bucket.add(0, 12 * HOUR);
    Ulid damaged = bucket.add(12 * HOUR, DAY);
    bucket.flip(damaged, "chunks/000001", 100);
    Ulid missing = bucket.add(DAY, DAY + HOUR);
    Files.delete(bucket.directory(missing).resolve("chunks/000001"));
    bucket.add(DAY + HOUR, 2 * DAY);

    assertEquals(0, convert().published());

    options = options.withDamaged(ConversionOptions.DamagedSources.LEFT_OUT);
    ConversionSummary s = convert();
    assertEquals(List.of(0L, 1L), days());
    assertFalse(s.isComplete());
  }

  @Test
  void anUnreadablePublishedMetaIsNamedAndItsDayConvertedUnderAnotherName() throws Exception {
    bucket.add(0, 2 * DAY);
    convert();
    BlockMeta first = visible().getFirst();
    Path meta = Path.of(target()).resolve(BlockNames.meta(first.ulid()).name());
    Files.writeString(meta, "{}");

    ConversionSummary s = convert();

    assertEquals(List.of(first.ulid().toString()), names(s));
    assertEquals(List.of(0L, 1L), days());
    assertEquals(1, visible().getFirst().lineage().generation());
  }

  @Test
  void aBlockRepairedInPlaceIsConvertedAgainAndOnlyItsDays() throws Exception {
    bucket.add(0, DAY);
    Ulid repaired = bucket.add(DAY, 2 * DAY);
    convert();
    Ulid before = visible().get(1).ulid();
    Files.write(
        bucket.directory(repaired).resolve("tombstones"),
        java.util.HexFormat.of().parseHex("0130ba300100000000"));
    Files.setLastModifiedTime(
        bucket.directory(repaired).resolve("tombstones"),
        java.nio.file.attribute.FileTime.fromMillis(1));

    assertEquals(1, convert().published());

    assertEquals(List.of(before), visible().get(1).replaces());
    assertEquals(List.of(0L, 1L), days());
  }

  @Test
  void anEmptyDayIsPublishedOnceAndNotSeen() throws Exception {
    Ulid block = bucket.add(0, HOUR);
    bucket.edit(block, "\"sources\": \\[[^\\]]*\\]", "\"sources\": [\"" + new Ulid(0, 9) + "\"]");
    bucket.edit(block, "\"maxTime\": \\d+", "\"maxTime\": " + 2 * DAY);

    ConversionSummary s = convert();

    assertEquals(1, s.empty());
    assertEquals(List.of(0L), days());
    assertEquals(0, convert().published());
  }

  @Test
  void inputsAddUpToTheSamplesOfTheSources() throws Exception {
    bucket.add(0, DAY);
    bucket.add(0, DAY);

    convert();

    BlockMeta meta = visible().getFirst();
    assertEquals(
        List.of(PER_DAY, PER_DAY),
        meta.lineage().inputs().stream().map(i -> (int) i.read()).toList());
    assertEquals(PER_DAY, meta.lineage().inputs().stream().mapToLong(BlockMeta.Input::kept).sum());
  }

  @Test
  void streamsFoldIntoOneSortedByTheirLabel() throws Exception {
    bucket.add(0, DAY, Map.of("dc_id", "1"), 2);
    bucket.add(0, DAY, Map.of("dc_id", "2"), 2);
    options = options.withFoldLabels(List.of("dc_id"));

    convert();

    BlockMeta meta = visible().getFirst();
    assertEquals(Labels.EMPTY, meta.external());
    assertEquals(4, meta.counts().series());
    assertEquals(List.of("up", "1"), meta.shards().getFirst().firstKey());
    assertEquals(List.of("up", "2"), meta.shards().getLast().lastKey());
  }

  @Test
  void aFoldLabelThatChangesInPlaceConvertsItsDaysAgain() throws Exception {
    Ulid block = bucket.add(0, DAY, Map.of("dc_id", "1"), 2);
    options = options.withFoldLabels(List.of("dc_id"));
    convert();
    bucket.edit(block, "\"dc_id\": \"1\"", "\"dc_id\": \"3\"");

    assertEquals(1, convert().published());

    assertEquals(1, visible().size());
    assertEquals(List.of("up", "3"), visible().getFirst().shards().getFirst().firstKey());
  }

  @Test
  void unfoldedBlocksAreReplacedWithoutAGap() throws Exception {
    bucket.add(0, DAY, Map.of("dc_id", "1"), 2);
    bucket.add(0, DAY, Map.of("dc_id", "2"), 2);
    options = options.withFoldLabels(List.of("dc_id"));
    convert();
    options = options.withFoldLabels(List.of());

    convert();

    assertEquals(
        Set.of(Labels.of("dc_id", "1"), Labels.of("dc_id", "2")),
        Set.copyOf(visible().stream().map(BlockMeta::external).toList()));
    assertEquals(2, visible().size());
  }

  @Test
  void aPlansItemsConvertOneByOne() throws Exception {
    bucket.add(0, 2 * DAY, Map.of("dc_id", "1"), 2);
    Plan plan = Conversion.plan(bucket.root().toString(), target(), options);
    List<Ulid> made = new ArrayList<>();
    for (WorkItem item : plan.items()) {
      WorkItem copy = WorkItemJson.read(WorkItemJson.write(item));
      assertEquals(
          1,
          Conversion.runItem(bucket.root().toString(), target(), copy, options, day -> {})
              .published());
      made.add(item.target());
    }

    assertEquals(made, visible().stream().map(BlockMeta::ulid).toList());
    assertEquals(0, convert().published());
  }

  @Test
  void anItemWhosePublishedBlockReadersDoNotSeeIsNotDone() throws Exception {
    bucket.add(0, 2 * DAY);
    List<WorkItem> items = Conversion.plan(bucket.root().toString(), target(), options).items();
    convert();
    Path unreadable = Path.of(target()).resolve(BlockNames.meta(items.get(0).target()).name());
    Files.writeString(unreadable, "{}");
    Path mark = Path.of(target()).resolve(BlockNames.deletionMark(items.get(1).target()).name());
    Files.writeString(mark, "{}");

    for (WorkItem item : items) {
      ConversionSummary s =
          Conversion.runItem(bucket.root().toString(), target(), item, options, day -> {});
      assertEquals(0, s.published() + s.present());
      assertEquals(List.of(item.target().toString()), names(s));
    }
  }

  @Test
  void shardsOfTwoProcessesMakeEachDayOnce() throws Exception {
    for (int c = 0; c < 4; c++) {
      bucket.add(0, 2 * DAY, Map.of("c", Integer.toString(c)), 1);
    }
    ConversionOptions all = options;
    int published = 0;
    for (int i = 0; i < 2; i++) {
      options = all.withSelection(all.selection().withShard(new DaySelection.Shard(i, 2)));
      published += convert().published();
    }

    assertEquals(8, published);
    assertEquals(8, visible().size());
  }

  @Test
  void aPrometheusDirectoryHasTheLabelsOfTheFlag() throws Exception {
    Ulid block = bucket.add(0, DAY, Map.of(), 1);
    assertTrue(Files.readString(bucket.directory(block).resolve("meta.json")).contains("{}"));
    options = options.withExternal(Labels.of("cluster", "p1"));

    convert();

    assertEquals(Labels.of("cluster", "p1"), visible().getFirst().external());
  }

  @Test
  void aBlockMarkedForDeletionIsLeftOutAndANoCompactMarkIsIgnored() throws Exception {
    Ulid marked = bucket.add(0, DAY);
    Files.writeString(
        bucket.directory(marked).resolve("deletion-mark.json"), "{\"id\":\"x\",\"version\":1}");
    Ulid kept = bucket.add(DAY, 2 * DAY);
    Files.writeString(bucket.directory(kept).resolve("no-compact-mark.json"), "{\"version\":1}");

    ConversionSummary s = convert();

    assertEquals(List.of(1L), days());
    assertEquals(1, s.skipped());
    assertTrue(s.isComplete());
  }
}
