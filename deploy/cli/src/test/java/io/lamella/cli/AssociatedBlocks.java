package io.lamella.cli;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.SampleColumns;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// TSDB blocks of three days with pools in data centers, whose series begin, end and pause at
/// random times, of two streams. A naive model knows what is associated when.
final class AssociatedBlocks {
  static final long DAY = 86_400_000;
  static final long START = 20_200 * DAY;
  static final int DAYS = 3;
  static final long INTERVAL = 600_000;

  /// A series on one day.
  private record SeriesDay(Labels labels, long first, long last) {}

  private final Random random;
  private final List<SeriesDay> model = new ArrayList<>();

  private AssociatedBlocks(long seed) {
    random = new Random(seed);
  }

  static AssociatedBlocks write(Path directory, long seed) throws IOException {
    AssociatedBlocks out = new AssociatedBlocks(seed);
    Files.createDirectories(directory);
    for (String region : List.of("r1", "r2")) {
      // The series of a stream are in one block or in two that follow each other.
      int cut = 1 + out.random.nextInt(DAYS);
      SortedMap<Labels, SampleColumns> all = out.series();
      out.block(directory, region, all, 0, cut);
      if (cut < DAYS) {
        out.block(directory, region, all, cut, DAYS);
      }
    }
    return out;
  }

  private SortedMap<Labels, SampleColumns> series() {
    SortedMap<Labels, SampleColumns> out = new TreeMap<>();
    for (int i = 0; i < 60; i++) {
      LabelsBuilder labels = new LabelsBuilder();
      labels.add("__name__", random.nextInt(5) == 0 ? "other" : "capacity");
      if (random.nextInt(10) > 0) {
        labels.add("dc_id", "" + random.nextInt(6));
      }
      labels.add("host", "h" + random.nextInt(3));
      labels.add("kind", "k" + random.nextInt(2));
      if (random.nextInt(10) > 0) {
        labels.add("pool", "pool-" + random.nextInt(8));
      }
      SampleColumns samples = samples();
      if (samples.size() > 0) {
        out.put(labels.build(), samples);
      }
    }
    return out;
  }

  private SampleColumns samples() {
    SampleColumns out = new SampleColumns();
    long from = random.nextLong(DAYS * DAY);
    long to = from + random.nextLong(DAYS * DAY);
    long pauseFrom = random.nextLong(DAYS * DAY);
    long pauseTo = pauseFrom + random.nextLong(DAY);
    for (long t = random.nextLong(INTERVAL); t < DAYS * DAY; t += INTERVAL) {
      if (t >= from && t <= to && (t < pauseFrom || t > pauseTo)) {
        out.add(START + t, random.nextInt(3));
      }
    }
    return out;
  }

  private void block(
      Path directory, String region, SortedMap<Labels, SampleColumns> all, int from, int to)
      throws IOException {
    SortedSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    SortedMap<Labels, SampleColumns> part = new TreeMap<>();
    all.forEach((labels, samples) -> {
      SampleColumns some = new SampleColumns();
      Map<Long, SeriesDay> days = new HashMap<>();
      for (int i = 0; i < samples.size(); i++) {
        long t = samples.times()[i];
        long day = (t - START) / DAY;
        if (day >= from && day < to) {
          some.add(t, samples.values()[i]);
          days.merge(
              day,
              new SeriesDay(labels.toBuilder().set("region", region).build(), t, t),
              (a, b) -> new SeriesDay(a.labels(), a.first(), b.last()));
        }
      }
      model.addAll(days.values());
      if (some.size() > 0) {
        part.put(labels, some);
        for (int i = 0; i < labels.size(); i++) {
          symbols.add(labels.name(i));
          symbols.add(labels.value(i));
        }
      }
    });
    byte[] entropy = new byte[10];
    random.nextBytes(entropy);
    BlockDescription description =
        new BlockDescription(
            Ulid.of(START + from * DAY, entropy),
            START + from * DAY,
            START + to * DAY,
            1,
            Map.of("region", region));
    try (BlockWriter writer = BlockWriter.create(directory, description, symbols)) {
      for (Map.Entry<Labels, SampleColumns> s : part.entrySet()) {
        SampleColumns c = s.getValue();
        writer.add(s.getKey(), ChunkCutter.cut(c, 0, c.size(), ChunkCutter.DEFAULT_SAMPLES));
      }
      writer.finish();
    }
  }

  /// What a lookup has to find.
  ///
  /// @param series labels that the series have
  SortedMap<String, SortedSet<String>> expected(
      Map<String, String> series, String from, String to, long timeMillis, long lookbackMillis) {
    SortedMap<String, SortedSet<String>> out = new TreeMap<>();
    for (SeriesDay s : model) {
      boolean matches =
          series.entrySet().stream()
              .allMatch(e -> s.labels().value(e.getKey()).equals(e.getValue()));
      String id = s.labels().value(from);
      String other = s.labels().value(to);
      if (matches
          && !id.isEmpty()
          && !other.isEmpty()
          && s.first() <= timeMillis
          && timeMillis < s.last() + lookbackMillis) {
        out.computeIfAbsent(id, _ -> new TreeSet<>()).add(other);
      }
    }
    return out;
  }
}
