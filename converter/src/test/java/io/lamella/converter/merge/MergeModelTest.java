package io.lamella.converter.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.model.TimeRange;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.ValueStatistics;
import io.lamella.storage.bytes.Varints;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.chunk.ChunkDecoder;
import io.lamella.storage.chunk.ChunkEncoding;
import io.lamella.storage.chunk.EncodedChunk;
import io.lamella.storage.tsdb.TsdbBlock;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Merges random source blocks with overlaps, copies, deletions and samples outside the day. The
/// result must equal that of a simple model with maps.
class MergeModelTest {
  private static final long SEED = 20261128;
  private static final long DAY = 20_000 * 86_400_000L;
  private static final long END = DAY + 86_400_000;
  private static final long COLUMN = 6 * 3_600_000;
  private static final SortKey KEY = new SortKey(List.of("__name__", "dc"));

  @TempDir Path directory;

  private final List<TsdbBlock> sources = new ArrayList<>();

  /// A sample of the model and the chunk that it is in.
  private record Sample(long chunkMin, int source, long bits) {}

  private final Map<Labels, TreeMap<Long, Sample>> model = new HashMap<>();

  @AfterEach
  void close() {
    sources.forEach(TsdbBlock::close);
  }

  private static List<Labels> labels(Random random) {
    TreeSet<Labels> out = new TreeSet<>();
    for (int i = 1 + random.nextInt(12); i > 0; i--) {
      LabelsBuilder b = new LabelsBuilder();
      b.add("__name__", "m" + random.nextInt(3));
      if (random.nextInt(4) > 0) {
        b.add("dc", List.of("a", "é", "𝄞", "").get(random.nextInt(3)));
      }
      b.add("z", "" + random.nextInt(5));
      out.add(b.build());
    }
    return List.copyOf(out);
  }

  private static SampleColumns samples(Random random) {
    SampleColumns out = new SampleColumns();
    long t = DAY - 7_200_000 + random.nextLong(20 * 3_600_000);
    for (int i = random.nextInt(400); i > 0; i--) {
      t += 60_000L * (1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 3));
      out.add(t, random.nextInt(9) == 0 ? Stale.MARKER : random.nextInt(1000) / 8.0);
    }
    return out;
  }

  private void write(Path root, Map<Labels, SampleColumns> series, Random random)
      throws IOException {
    int source = sources.size();
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    series
        .keySet()
        .forEach(l ->
            l.forEach((name, value) -> {
              symbols.add(name);
              symbols.add(value);
            }));
    BlockDescription block =
        new BlockDescription(
            Ulid.of(source, new byte[10]), DAY - 86_400_000, END + 90 * 86_400_000L, 1, Map.of());
    Map<Labels, List<EncodedChunk>> chunks = new TreeMap<>();
    try (BlockWriter w = BlockWriter.create(root, block, symbols)) {
      for (Map.Entry<Labels, SampleColumns> s : new TreeMap<>(series).entrySet()) {
        List<EncodedChunk> cut =
            ChunkCutter.cut(s.getValue(), 0, s.getValue().size(), 20 + random.nextInt(100));
        chunks.put(s.getKey(), cut);
        w.add(s.getKey(), cut);
      }
      w.finish();
    }
    Path path = root.resolve(block.ulid().toString());
    Map<Labels, List<TimeRange>> deleted = deletions(path, series, random);
    for (Map.Entry<Labels, List<EncodedChunk>> s : chunks.entrySet()) {
      for (EncodedChunk c : s.getValue()) {
        SampleColumns all = new SampleColumns();
        ChunkDecoder.decode(c.encoding(), c.bytes(), 0, c.bytes().length, all);
        for (int i = 0; i < all.size(); i++) {
          long t = all.times()[i];
          boolean gone =
              deleted.getOrDefault(s.getKey(), List.of()).stream().anyMatch(r -> r.contains(t));
          if (t >= DAY && t < END && !gone) {
            Sample sample =
                new Sample(c.minTimeMillis(), source, Double.doubleToRawLongBits(all.values()[i]));
            model
                .computeIfAbsent(s.getKey(), _ -> new TreeMap<>())
                .merge(t, sample, MergeModelTest::first);
          }
        }
      }
    }
    sources.add(TsdbBlock.open(path));
  }

  /// Of two samples at one instant, that of the chunk that begins first, then of the first source.
  private static Sample first(Sample a, Sample b) {
    return Comparator.comparingLong(Sample::chunkMin).thenComparingInt(Sample::source).compare(a, b)
            <= 0
        ? a
        : b;
  }

  /// Writes tombstones for some series.
  private static Map<Labels, List<TimeRange>> deletions(
      Path block, Map<Labels, SampleColumns> series, Random random) throws IOException {
    Map<Labels, Long> refs = new TreeMap<>();
    try (TsdbBlock open = TsdbBlock.open(block)) {
      open.forEachSeries(e -> {
        refs.put(open.labels(e), e.ref());
      });
    }
    Map<Labels, List<TimeRange>> out = new HashMap<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Map.Entry<Labels, Long> r : refs.entrySet()) {
      SampleColumns all = series.getOrDefault(r.getKey(), new SampleColumns());
      if (random.nextInt(3) == 0 && all.size() > 0) {
        int from = random.nextInt(all.size());
        int to = from + random.nextInt(all.size() - from);
        TimeRange range = new TimeRange(all.times()[from], all.times()[to]);
        out.put(r.getKey(), List.of(range));
        Varints.appendUnsigned(body, r.getValue());
        Varints.appendSigned(body, range.startMillis());
        Varints.appendSigned(body, range.endMillis());
      }
    }
    CRC32C crc = new CRC32C();
    crc.update(body.toByteArray());
    ByteBuffer file = ByteBuffer.allocate(5 + body.size() + 4);
    file.putInt(0x0130BA30).put((byte) 1).put(body.toByteArray()).putInt((int) crc.getValue());
    Files.write(block.resolve("tombstones"), file.array());
    return out;
  }

  private static String value(Labels l, String name) {
    for (int i = 0; i < l.size(); i++) {
      if (l.name(i).equals(name)) {
        return l.value(i);
      }
    }
    return "";
  }

  /// The model's series that have a sample, by the sort key and then by all labels.
  private List<Labels> order() {
    List<Labels> out = new ArrayList<>(model.keySet());
    out.sort((a, b) -> {
      for (String key : KEY.labels()) {
        int c = Utf8Order.compare(value(a, key), value(b, key));
        if (c != 0) {
          return c;
        }
      }
      return a.compareTo(b);
    });
    return out;
  }

  private static List<String> text(TreeMap<Long, Sample> samples) {
    return samples.entrySet().stream()
        .map(e -> e.getKey() + " " + Long.toHexString(e.getValue().bits()))
        .toList();
  }

  private static List<String> text(SampleColumns s) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < s.size(); i++) {
      out.add(s.times()[i] + " " + Long.toHexString(Double.doubleToRawLongBits(s.values()[i])));
    }
    return out;
  }

  private void build(Random random, Path root) throws IOException {
    sources.forEach(TsdbBlock::close);
    sources.clear();
    model.clear();
    List<Labels> all = labels(random);
    int blocks = 1 + random.nextInt(3);
    Map<Labels, SampleColumns> before = new HashMap<>();
    for (int b = 0; b < blocks; b++) {
      Map<Labels, SampleColumns> series = new HashMap<>();
      for (Labels l : all) {
        SampleColumns copied = before.get(l);
        // A replica holds the same samples, sometimes the very same chunks.
        SampleColumns s = copied != null && random.nextInt(3) == 0 ? copied : samples(random);
        if (s.size() > 0 && random.nextInt(5) > 0) {
          series.put(l, s);
          before.put(l, s);
        }
      }
      if (!series.isEmpty()) {
        write(root, series, random);
      }
    }
  }

  @Test
  void mergedSeriesAndSamplesEqualTheModel() throws IOException {
    for (int run = 0; run < 120; run++) {
      long seed = SEED + run;
      Random random = new Random(seed);
      build(random, directory.resolve("" + run));
      String where = "seed " + seed;

      DaySamples samples = DaySamples.of(sources, DAY, END, KEY);
      for (Labels l : order()) {
        assertTrue(samples.next(), where);
        assertEquals(l, samples.labels(), where);
        assertEquals(text(model.getOrDefault(l, new TreeMap<>())), text(samples.samples()), where);
      }
      assertFalse(samples.next(), where);
    }
  }

  @Test
  void writtenValuesHaveTheModelsSamplesOfEachColumn() throws IOException {
    for (int run = 0; run < 120; run++) {
      long seed = SEED + 1000 + run;
      build(new Random(seed), directory.resolve("" + run));
      String where = "seed " + seed;

      DaySeries series = DaySeries.collect(sources, DAY, END, KEY);
      SeriesMerge merge =
          new SeriesMerge(sources, new InputCounts(sources.size()), DAY, END, COLUMN);
      byte[][] values = new byte[4][];
      List<Labels> order = new ArrayList<>(order());
      for (int i = 0; i < series.size(); i = series.seriesEnd(i)) {
        if (!merge.merge(series, i, series.seriesEnd(i), values)) {
          continue;
        }
        Labels l = order.removeFirst();
        List<String> expected = text(model.getOrDefault(l, new TreeMap<>()));
        List<String> written = new ArrayList<>();
        long chunks = 0;
        for (int c = 0; c < values.length; c++) {
          chunks += column(values[c], c, merge.statistics()[c], written, where);
        }
        assertEquals(expected, written, where);
        assertEquals(expected.size(), merge.samples(), where);
        assertEquals(chunks, merge.chunks(), where);
        assertTrue(expected.getFirst().startsWith(merge.firstTimeMillis() + " "), where);
        assertTrue(expected.getLast().startsWith(merge.lastTimeMillis() + " "), where);
      }
      assertEquals(List.of(), order, where);
    }
  }

  /// Adds the samples of one value, and checks that its records stay inside the column, ascend and
  /// do not overlap.
  private static long column(
      byte[] value, int c, ValueStatistics statistics, List<String> out, String where)
      throws IOException {
    long last = DAY + c * COLUMN - 1;
    long samples = 0;
    List<ChunkRecord> records = ChunkRecord.all(value, 0, value.length);
    for (ChunkRecord r : records) {
      assertTrue(r.minTimeMillis() > last, where);
      assertTrue(r.maxTimeMillis() < DAY + (c + 1) * COLUMN, where);
      last = r.maxTimeMillis();
      SampleColumns decoded = new SampleColumns();
      ChunkDecoder.decode(
          ChunkEncoding.ofId(r.encoding()), r.bytes(), r.from(), r.length(), decoded);
      assertEquals(r.minTimeMillis(), decoded.times()[0], where);
      assertEquals(r.maxTimeMillis(), decoded.times()[decoded.size() - 1], where);
      out.addAll(text(decoded));
      samples += decoded.size();
    }
    assertEquals(samples, statistics.samples(), where);
    return records.size();
  }

  @Test
  void symbolsAreSortedByTheirBytesAndFound() {
    for (int run = 0; run < 200; run++) {
      long seed = SEED + run;
      Random random = new Random(seed);
      SortedSymbols symbols = new SortedSymbols();
      TreeSet<String> all = new TreeSet<>(Utf8Order.COMPARATOR);
      Map<String, Integer> numbers = new HashMap<>();
      for (int i = random.nextInt(100); i > 0; i--) {
        String s =
            random.nextInt(2) == 0
                ? "s" + random.nextInt(30)
                : Character.toString(1 + random.nextInt(0xd000));
        if (random.nextInt(9) == 0) {
          s += "𝄞\uFFFF";
        }
        int number = symbols.add(s);
        Integer before = numbers.putIfAbsent(s, number);
        assertEquals(before == null ? number : before, number, "seed " + seed);
        all.add(s);
      }
      int[] rank = symbols.sort();
      assertEquals(all.size(), symbols.size());
      assertEquals(-1, symbols.find("no such symbol"));
      int expected = 0;
      for (String s : all) {
        assertEquals(expected, symbols.find(s), "seed " + seed);
        assertEquals(s, symbols.value(expected), "seed " + seed);
        assertEquals(expected, rank[numbers.getOrDefault(s, -1)], "seed " + seed);
        expected++;
      }
    }
  }
}
