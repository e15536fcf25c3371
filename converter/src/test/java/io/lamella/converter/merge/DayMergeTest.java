package io.lamella.converter.merge;

import static io.lamella.converter.merge.SourceBlockFiles.constant;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.converter.parquet.WriteSettings;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DayMergeTest {
  private static final long DAY = 20_000 * 86_400_000L;
  private static final long MINUTE = 60_000;
  private static final Labels UP = Labels.of("__name__", "up", "dc_id", "1");

  @TempDir Path directory;

  private final List<TsdbBlock> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(TsdbBlock::close);
  }

  private MergeInput input(
      int number,
      BlockMeta.Rules rules,
      Map<String, String> external,
      Map<Labels, SampleColumns> series,
      int chunkSamples)
      throws IOException {
    Path block =
        SourceBlockFiles.write(
            directory.resolve("sources"), number, external, series, chunkSamples);
    open.add(TsdbBlock.open(block));
    return MergeInput.of(
        Ulid.of(number, new byte[10]),
        open.getLast(),
        Labels.of(open.getLast().meta().externalLabels()),
        rules);
  }

  private static BlockMeta.Rules rules(BlockMeta.Dedup dedup, String... fold) {
    return new BlockMeta.Rules(Set.of("replica"), dedup, List.of(fold));
  }

  private static final BlockMeta.Rules MERGE = rules(BlockMeta.Dedup.MERGE);

  private static DaySamples samples(List<MergeInput> inputs, BlockMeta.Dedup dedup, Path directory)
      throws IOException, InterruptedException {
    return DaySamples.of(
        inputs, new MergeRange(DAY, DAY + 86_400_000), SortKey.DEFAULT, dedup, directory);
  }

  private Merged merge(
      List<MergeInput> inputs, BlockMeta.Rules rules, MergeSettings settings, String to)
      throws IOException, InterruptedException {
    WorkItem item =
        new WorkItem(
            Ulid.of(DAY, new byte[10]),
            BlockMeta.Coverage.raw(Labels.EMPTY, DAY, DAY + 86_400_000),
            SortKey.DEFAULT,
            settings.columnMillis(),
            inputs.stream()
                .map(i -> new WorkItem.Read(i.ulid(), i.rowLabels(), i.replica()))
                .toList(),
            new BlockMeta.Lineage(List.of(), List.of(), List.of(), rules, 0, "test"));
    return new DayMerge(item, inputs, settings, _ -> {})
        .write(Files.createDirectories(directory.resolve(to)));
  }

  private static MergeSettings settings(long memory, int threads) {
    return new MergeSettings(WriteSettings.DEFAULT, 86_400_000, memory, threads);
  }

  @Test
  void atOneInstantTheInputWithTheLowestUlidWinsWhereverChunksStart() throws Exception {
    for (int chunk : new int[] {7, 60, 120}) {
      // The second input starts earlier, so that its chunks come first.
      List<MergeInput> inputs =
          List.of(
              input(
                  chunk, MERGE, Map.of(), Map.of(UP, constant(DAY + MINUTE, MINUTE, 90, 1)), chunk),
              input(1000 + chunk, MERGE, Map.of(), Map.of(UP, constant(DAY, MINUTE, 100, 2)), 120));

      try (DaySamples all = samples(inputs, BlockMeta.Dedup.MERGE, directory)) {
        all.next();

        assertEquals(100, all.samples().size());
        for (int i = 0; i < 100; i++) {
          assertEquals(i >= 1 && i <= 90 ? 1 : 2, all.samples().values()[i], "sample " + i);
        }
      }
    }
  }

  @Test
  void everySampleOfTheDayIsTakenAndAccountedFor() throws Exception {
    List<MergeInput> inputs =
        List.of(
            input(1, MERGE, Map.of(), Map.of(UP, constant(DAY - 10 * MINUTE, MINUTE, 30, 1)), 120),
            input(2, MERGE, Map.of(), Map.of(UP, constant(DAY + 15 * MINUTE, MINUTE, 10, 2)), 120));

    Merged merged = merge(inputs, MERGE, settings(1 << 20, 2), "out");

    assertEquals(
        List.of(
            new Merged.InputSamples(inputs.get(0).ulid(), 20, 0, 0, 20),
            new Merged.InputSamples(inputs.get(1).ulid(), 10, 0, 5, 5)),
        merged.inputs());
    assertEquals(new BlockMeta.Counts(1, 1, 25, DAY, DAY + 24 * MINUTE), merged.counts());
  }

  @Test
  void aDayWithoutSamplesHasNoShards() throws Exception {
    List<MergeInput> inputs =
        List.of(input(1, MERGE, Map.of(), Map.of(UP, constant(DAY - MINUTE, 1, 5, 1)), 120));

    Merged merged = merge(inputs, MERGE, settings(1 << 20, 1), "out");

    assertEquals(List.of(), merged.shards());
    assertEquals(BlockMeta.Counts.NONE, merged.counts());
  }

  @Test
  void bytesDependNeitherOnThreadsNorOnMemory() throws Exception {
    Random random = new Random(7);
    List<MergeInput> inputs = new ArrayList<>();
    for (int b = 1; b <= 3; b++) {
      Map<Labels, SampleColumns> series = new TreeMap<>();
      for (int s = 0; s < 3000; s++) {
        Labels labels =
            Labels.of(
                "__name__", "m" + s % 7, "dc_id", "" + s % 13, "pod", "" + s, "x" + s % 5, "v");
        long start = DAY + b * 3_600_000L + random.nextInt(2) * 1_800_000L;
        series.put(labels, constant(start, MINUTE, 1 + random.nextInt(80), random.nextInt(5)));
      }
      inputs.add(input(b, MERGE, Map.of(), series, 50));
    }

    Merged one = merge(inputs, MERGE, settings(64 << 20, 1), "one");

    for (int threads : new int[] {2, 5}) {
      assertEquals(one, merge(inputs, MERGE, settings(1, threads), "with-" + threads));
    }
  }

  @Test
  void aFoldedLabelIsOnEverySeriesAndReplacesItsOwn() throws Exception {
    BlockMeta.Rules fold = rules(BlockMeta.Dedup.MERGE, "dc_id");
    Labels own = Labels.of("__name__", "up", "dc_id", "own");
    Labels bare = Labels.of("__name__", "up");
    List<MergeInput> inputs =
        List.of(
            input(1, fold, Map.of("dc_id", "9"), Map.of(bare, constant(DAY, MINUTE, 2, 1)), 120),
            input(2, fold, Map.of("dc_id", "10"), Map.of(own, constant(DAY, MINUTE, 3, 2)), 120));

    List<String> series = new ArrayList<>();
    try (DaySamples all = samples(inputs, BlockMeta.Dedup.MERGE, directory)) {
      while (all.next()) {
        series.add(all.labels().value("dc_id") + " " + all.samples().size());
      }
    }

    assertEquals(List.of("10 3", "9 2"), series);
  }

  @Test
  void penaltyKeepsOneReplicaUntilItHasAGap() throws Exception {
    BlockMeta.Rules penalty = rules(BlockMeta.Dedup.PENALTY);
    SampleColumns gapped = constant(DAY, MINUTE, 10, 1);
    gapped.addAll(constant(DAY + 30 * MINUTE, MINUTE, 10, 1));
    List<MergeInput> inputs =
        List.of(
            input(
                1,
                penalty,
                Map.of("replica", "b"),
                Map.of(UP, constant(DAY + 3000, MINUTE, 40, 2)),
                120),
            input(2, penalty, Map.of("replica", "a"), Map.of(UP, gapped), 120));

    Merged merged = merge(inputs, penalty, settings(1 << 20, 2), "out");
    double[] values;
    try (DaySamples all = samples(inputs, BlockMeta.Dedup.PENALTY, directory)) {
      all.next();
      values = java.util.Arrays.copyOf(all.samples().values(), all.samples().size());
      assertEquals(merged.inputs(), all.counts());
    }

    double[] expected = new double[values.length];
    for (int i = 0; i < expected.length; i++) {
      // Replica a, then b from two intervals after the last sample of a.
      expected[i] = i < 10 ? 1 : 2;
    }
    assertArrayEquals(expected, values);
    assertEquals(values.length, merged.counts().samples());
    assertEquals(40, merged.inputs().getFirst().read());
  }

  @Test
  void inputsOutOfOrderAreRefused() throws Exception {
    MergeInput first = input(1, MERGE, Map.of(), Map.of(UP, constant(DAY, 1, 5, 1)), 120);
    MergeInput second = input(2, MERGE, Map.of(), Map.of(UP, constant(DAY, 1, 5, 1)), 120);
    assertThrows(
        IllegalArgumentException.class,
        () -> merge(List.of(second, first), MERGE, settings(1, 1), "out"));
  }
}
