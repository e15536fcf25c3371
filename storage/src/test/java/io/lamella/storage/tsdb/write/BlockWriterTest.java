package io.lamella.storage.tsdb.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.tsdb.TsdbBlock;
import io.lamella.storage.tsdb.TsdbBlockMeta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Written blocks are read back unchanged.
class BlockWriterTest {
  private static final BlockDescription BLOCK =
      new BlockDescription(
          Ulid.of(1_000, new byte[10]), 0, 7_200_000, 2, Map.of("cluster", "c\"1"));

  @TempDir Path directory;

  private static SampleColumns samples(int n, long start) {
    SampleColumns out = new SampleColumns();
    for (int i = 0; i < n; i++) {
      out.add(start + 1_000L * i, i % 7 == 0 ? Stale.MARKER : i * 0.1);
    }
    return out;
  }

  private static TreeSet<String> symbols(Iterable<Labels> all) {
    TreeSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);
    for (Labels l : all) {
      l.forEach((name, value) -> {
        out.add(name);
        out.add(value);
      });
    }
    return out;
  }

  private static List<String> text(SampleColumns s) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < s.size(); i++) {
      out.add(s.times()[i] + " " + Long.toHexString(Double.doubleToRawLongBits(s.values()[i])));
    }
    return out;
  }

  @Test
  void everyWrittenSampleIsReadBackBitForBit() throws Exception {
    Map<Labels, SampleColumns> written = new TreeMap<>();
    for (int i = 0; i < 50; i++) {
      written.put(Labels.of("__name__", "m" + i % 3, "𝄞", "v" + i), samples(1 + 37 * i, i));
    }
    // So small that chunks go into several files.
    long segmentBytes = 4_000;
    try (BlockWriter w =
        BlockWriter.create(directory, BLOCK, symbols(written.keySet()), segmentBytes)) {
      for (Map.Entry<Labels, SampleColumns> s : written.entrySet()) {
        w.add(s.getKey(), ChunkCutter.cut(s.getValue(), 0, s.getValue().size(), 120));
      }
      w.finish();
    }

    Map<Labels, List<String>> read = new TreeMap<>();
    try (TsdbBlock block = TsdbBlock.open(directory.resolve(BLOCK.ulid().toString()))) {
      block.forEachSeries(entry -> {
        SampleColumns samples = new SampleColumns();
        for (int c = 0; c < entry.chunkCount(); c++) {
          block.decode(entry, c, samples);
        }
        read.put(block.labels(entry), text(samples));
      });
    }
    Map<Labels, List<String>> expected = new TreeMap<>();
    written.forEach((labels, samples) -> expected.put(labels, text(samples)));
    assertEquals(expected, read);
    try (Stream<Path> files = Files.list(directory.resolve(BLOCK.ulid() + "/chunks"))) {
      assertTrue(files.count() > 1);
    }
  }

  @Test
  void theMetaDescribesTheWrittenBlock() throws Exception {
    Labels labels = Labels.of("__name__", "m");
    try (BlockWriter w = BlockWriter.create(directory, BLOCK, symbols(List.of(labels)))) {
      w.add(labels, ChunkCutter.cut(samples(300, 0), 0, 300, 120));
      w.finish();
    }

    try (TsdbBlock block = TsdbBlock.open(directory.resolve(BLOCK.ulid().toString()))) {
      TsdbBlockMeta expected =
          new TsdbBlockMeta(
              BLOCK.ulid().toString(),
              0,
              7_200_000,
              300,
              1,
              3,
              2,
              List.of(BLOCK.ulid().toString()),
              List.of(),
              List.of(),
              Map.of("cluster", "c\"1"),
              0,
              block.meta().files());
      assertEquals(expected, block.meta());
      assertEquals(
          Files.size(directory.resolve(BLOCK.ulid().toString()).resolve("index")),
          block.meta().files().get("index"));
    }
  }

  @Test
  void anUnfinishedBlockHasNoMeta() throws Exception {
    try (BlockWriter w = BlockWriter.create(directory, BLOCK, new TreeSet<>())) {
      assertFalse(Files.exists(w.directory().resolve("meta.json")));
    }
    assertFalse(Files.exists(directory.resolve(BLOCK.ulid() + "/meta.json")));
  }

  @Test
  void seriesOutOfOrderAndChunksOutsideAreRefused() throws Exception {
    Labels a = Labels.of("__name__", "a");
    Labels b = Labels.of("__name__", "b");
    try (BlockWriter w = BlockWriter.create(directory, BLOCK, symbols(List.of(a, b)))) {
      w.add(b, ChunkCutter.cut(samples(1, 0), 0, 1, 120));

      assertThrows(
          IllegalArgumentException.class,
          () -> w.add(a, ChunkCutter.cut(samples(1, 0), 0, 1, 120)));
      Labels c = Labels.of("__name__", "c");
      assertThrows(
          IllegalArgumentException.class,
          () -> w.add(c, ChunkCutter.cut(samples(1, 7_200_000), 0, 1, 120)));
    }
  }
}
