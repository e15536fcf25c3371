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
import io.lamella.storage.block.BlockMeta;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final List<MergeInput> inputs = new ArrayList<>();
  private final List<long[]> counts = new ArrayList<>();

  /// A sample of the model and the source that it is from.
  private record Sample(int source, long bits) {}

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

  private void write(Path root, Map<Labels, SampleColumns> series, Labels rowLabels, Random random)
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
    long[] count = new long[2];
    counts.add(count);
    for (Map.Entry<Labels, List<EncodedChunk>> s : chunks.entrySet()) {
      Labels labels = withRowLabels(s.getKey(), rowLabels);
      for (EncodedChunk c : s.getValue()) {
        SampleColumns all = new SampleColumns();
        ChunkDecoder.decode(c.encoding(), c.bytes(), 0, c.bytes().length, all);
        for (int i = 0; i < all.size(); i++) {
          long t = all.times()[i];
          boolean gone =
              deleted.getOrDefault(s.getKey(), List.of()).stream().anyMatch(r -> r.contains(t));
          if (t >= DAY && t < END && !gone) {
            // Sources are written in their order, so the first one at an instant stays.
            model
                .computeIfAbsent(labels, _ -> new TreeMap<>())
                .putIfAbsent(t, new Sample(source, Double.doubleToRawLongBits(all.values()[i])));
          }
          if (t >= DAY && t < END) {
            count[0]++;
            count[1] += gone ? 1 : 0;
          }
        }
      }
    }
    TsdbBlock open = TsdbBlock.open(path);
    sources.add(open);
    inputs.add(new MergeInput(block.ulid(), open, rowLabels, Labels.EMPTY));
  }

  private static Labels withRowLabels(Labels own, Labels rowLabels) {
    LabelsBuilder out = new LabelsBuilder();
    own.forEach(out::add);
    rowLabels.forEach(out::set);
    return out.build();
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
    inputs.clear();
    counts.clear();
    model.clear();
    List<Labels> all = labels(random);
    boolean folded = random.nextInt(3) == 0;
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
        // Row labels replace "dc" where a series has it, so that series of one source become equal.
        Labels rowLabels =
            folded
                ? Labels.of("dc", "r" + random.nextInt(2), "n" + random.nextInt(2), "v")
                : Labels.EMPTY;
        write(root, series, rowLabels, random);
      }
    }
  }

  private static final MergeRange RANGE = new MergeRange(DAY, END);

  @Test
  void mergedSeriesAndSamplesEqualTheModel() throws IOException, InterruptedException {
    for (int run = 0; run < 200; run++) {
      long seed = SEED + run;
      Random random = new Random(seed);
      build(random, directory.resolve("" + run));
      String where = "seed " + seed;

      try (DaySamples samples =
          DaySamples.of(inputs, RANGE, KEY, BlockMeta.Dedup.MERGE, directory)) {
        for (Labels l : order()) {
          assertTrue(samples.next(), where);
          assertEquals(l, samples.labels(), where);
          assertEquals(
              text(model.getOrDefault(l, new TreeMap<>())), text(samples.samples()), where);
        }
        assertFalse(samples.next(), where);
        assertCounts(samples.counts(), where);
      }
    }
  }

  private void assertCounts(List<Merged.InputSamples> actual, String where) {
    long[] kept = new long[inputs.size()];
    model.values().forEach(m -> m.values().forEach(s -> kept[s.source()]++));
    for (int i = 0; i < kept.length; i++) {
      long read = counts.get(i)[0];
      long deleted = counts.get(i)[1];
      assertEquals(
          new Merged.InputSamples(
              inputs.get(i).ulid(), read, deleted, read - deleted - kept[i], kept[i]),
          actual.get(i),
          where);
    }
  }

  @Test
  void writtenValuesHaveTheModelsSamplesOfEachColumn() throws IOException, InterruptedException {
    for (int run = 0; run < 200; run++) {
      long seed = SEED + 1000 + run;
      build(new Random(seed), directory.resolve("" + run));
      String where = "seed " + seed;

      SeriesMerge merge = new SeriesMerge(inputs, RANGE, COLUMN, BlockMeta.Dedup.MERGE);
      List<Labels> order = new ArrayList<>(order());
      // So little memory that all runs go to files.
      RunMemory memory = new RunMemory(directory, run % 2 == 0 ? 1 : 1 << 20, 1);
      try (SortedSeries series =
              SortedSeries.of(new SortedSeries.Sources(inputs, RANGE, KEY), memory, 2);
          SeriesStream stream = SeriesStream.open(series)) {
        for (Optional<SeriesParts> s = stream.next(); s.isPresent(); s = stream.next()) {
          Optional<MergedRow> merged = merge.merge(s.get());
          if (merged.isEmpty()) {
            continue;
          }
          MergedRow row = merged.get();
          Labels l = order.removeFirst();
          List<String> expected = text(model.getOrDefault(l, new TreeMap<>()));
          List<String> written = new ArrayList<>();
          long chunks = 0;
          for (int c = 0; c < row.row().data.length; c++) {
            chunks += column(row.row().data[c], c, row.row().statistics[c], written, where);
          }
          assertEquals(expected, written, where);
          assertEquals(expected.size(), row.samples(), where);
          assertEquals(chunks, row.chunks(), where);
          assertTrue(expected.getFirst().startsWith(row.row().firstTimeMillis + " "), where);
          assertTrue(expected.getLast().startsWith(row.row().lastTimeMillis + " "), where);
        }
      }
      assertEquals(List.of(), order, where);
      List<Merged.InputSamples> counted = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        counted.add(merge.counts().of(i, inputs.get(i)));
      }
      assertCounts(counted, where);
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
  void symbolsOfAllInputsAreSortedByTheirBytesAndFound() throws IOException {
    for (int run = 0; run < 50; run++) {
      long seed = SEED + 2000 + run;
      build(new Random(seed), directory.resolve("" + run));
      TreeSet<String> all = new TreeSet<>(Utf8Order.COMPARATOR);
      for (MergeInput i : inputs) {
        for (int s = 0; s < i.block().symbols(); s++) {
          all.add(i.block().symbol(s));
        }
        i.rowLabels().forEach((n, v) -> all.addAll(List.of(n, v)));
      }

      SymbolRanks symbols = SymbolRanks.of(inputs);

      assertEquals(all.size(), symbols.size(), "seed " + seed);
      assertEquals(-1, symbols.find("no such symbol"));
      int expected = 0;
      for (String s : all) {
        assertEquals(expected, symbols.find(s), "seed " + seed);
        assertEquals(s, symbols.value(expected), "seed " + seed);
        expected++;
      }
      for (int i = 0; i < inputs.size(); i++) {
        for (int s = 0; s < inputs.get(i).block().symbols(); s++) {
          String symbol = inputs.get(i).block().symbol(s);
          assertEquals(symbol, symbols.value(symbols.of(i)[s]), "seed " + seed);
        }
      }
    }
  }
}
