package io.lamella.cli;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// TSDB blocks of five days whose series are of all kinds that statistics must distinguish:
/// constant, constant by day, ramps, with NaN, staleness markers, negative zeros, missing days; and
/// for odd seeds a second block that overlaps the third day.
public final class RandomBlocks {
  public static final long DAY = 86_400_000;
  public static final long START = 20_100 * DAY;
  public static final long INTERVAL = 300_000;
  public static final String[] METRICS = {
    "constant", "flips", "ramp", "odd", "{__name__=~\".+s\"}"
  };
  private static final int DAYS = 5;

  private RandomBlocks() {}

  public static void write(Path directory, long seed) throws IOException {
    Files.createDirectories(directory);
    block(directory, seed, START, DAYS);
    if (seed % 2 == 1) {
      block(directory, seed + 100, START + 2 * DAY, 1);
    }
  }

  private static void block(Path directory, long seed, long start, int days) throws IOException {
    Random random = new Random(seed);
    SortedMap<Labels, SampleColumns> all = new TreeMap<>();
    for (String metric : new String[] {"constant", "flips", "odd", "ramp"}) {
      for (int dc = 1; dc <= 3; dc++) {
        for (int host = 0; host < 3; host++) {
          Labels labels =
              Labels.of(
                  "__name__", metric, "dc_id", "" + dc, "host", "h" + host, "kind", "k" + host % 2);
          all.put(labels, samples(metric, dc, start, days, random));
        }
      }
    }
    SortedSet<String> symbols = new TreeSet<>(io.lamella.model.Utf8Order.COMPARATOR);
    for (Labels l : all.keySet()) {
      for (int i = 0; i < l.size(); i++) {
        symbols.add(l.name(i));
        symbols.add(l.value(i));
      }
    }
    byte[] entropy = new byte[10];
    random.nextBytes(entropy);
    BlockDescription description =
        new BlockDescription(
            Ulid.of(start, entropy), start, start + days * DAY, 1, Map.of("region", "r"));
    try (BlockWriter writer = BlockWriter.create(directory, description, symbols)) {
      for (Map.Entry<Labels, SampleColumns> s : all.entrySet()) {
        SampleColumns c = s.getValue();
        writer.add(s.getKey(), ChunkCutter.cut(c, 0, c.size(), ChunkCutter.DEFAULT_SAMPLES));
      }
      writer.finish();
    }
  }

  private static SampleColumns samples(String metric, int dc, long start, int days, Random random) {
    SampleColumns out = new SampleColumns();
    // The two blocks never have samples at the same time, so the merged result is unambiguous.
    long phase = random.nextInt(3) == 0 ? 0 : random.nextInt((int) INTERVAL / 2) * 2;
    phase += days == DAYS ? 0 : 1;
    // One value per data center, so that whole runs are constant.
    double value = metric.equals("constant") ? dc - 1 : random.nextInt(3);
    for (int day = 0; day < days; day++) {
      if (random.nextInt(8) == 0) {
        continue;
      }
      boolean flips = random.nextInt(3) == 0;
      for (long t = phase; t < DAY; t += INTERVAL) {
        if (random.nextInt(200) == 0) {
          continue;
        }
        double v =
            switch (metric) {
              case "constant" -> value;
              case "flips" -> flips && random.nextInt(20) == 0 ? 1 - value : value;
              case "ramp" -> (day + 1) * (double) t / INTERVAL;
              default -> odd(random, value);
            };
        out.add(start + day * DAY + t, v);
      }
    }
    return out;
  }

  private static double odd(Random random, double value) {
    return switch (random.nextInt(60)) {
      case 0 -> Double.NaN;
      case 1 -> Stale.MARKER;
      case 2 -> -0.0;
      case 3 -> Double.NEGATIVE_INFINITY;
      default -> value;
    };
  }
}
