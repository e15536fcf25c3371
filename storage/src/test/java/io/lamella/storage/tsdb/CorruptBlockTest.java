package io.lamella.storage.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.SampleColumns;
import io.lamella.storage.RecordedSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real blocks with damaged files are refused with the names of block and file, or read unchanged.
@Timeout(120)
class CorruptBlockTest {
  private static List<String> read(Path directory) throws IOException {
    List<String> out = new ArrayList<>();
    try (TsdbBlock block = TsdbBlock.open(directory)) {
      block.forEachSeries(series -> {
        SampleColumns samples = new SampleColumns();
        for (int c = 0; c < series.chunkCount(); c++) {
          block.decode(series, c, samples);
        }
        out.add(block.labels(series) + " " + block.tombstones(series.ref()) + digest(samples));
      });
    }
    return out;
  }

  /// A hash of the bits of all samples, for fast comparison.
  private static long digest(SampleColumns samples) {
    long out = samples.size();
    for (int i = 0; i < samples.size(); i++) {
      out = 31 * out + samples.times()[i];
      out = 31 * out + Double.doubleToRawLongBits(samples.values()[i]);
      out = 31 * out + samples.startTimeAt(i);
      if (samples.histogramAt(i) != null) {
        out = 31 * out + samples.histogramAt(i).toString().hashCode();
      }
    }
    return out;
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    switch (random.nextInt(6)) {
      case 0 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 1 -> {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(100));
        for (int i = bytes.length; i < longer.length; i++) {
          longer[i] = (byte) random.nextInt();
        }
        return longer;
      }
      default -> {
        byte[] out = bytes.clone();
        int edge = random.nextInt(3);
        int near = Math.min(64, out.length);
        int at =
            edge == 0
                ? random.nextInt(near)
                : edge == 1 ? out.length - 1 - random.nextInt(near) : random.nextInt(out.length);
        out[at] ^= (byte) (random.nextBoolean() ? 1 << random.nextInt(8) : 1 + random.nextInt(255));
        return out;
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "floats, index",
    "floats, chunks/000001",
    "floats, tombstones",
    "floats, meta.json",
    "histograms, index",
    "histograms, chunks/000001",
    "histograms, meta.json",
    "starttimes, index",
    "starttimes, chunks/000001",
    "starttimes, tombstones"
  })
  void aDamagedFileIsReportedByNameOrHasNoEffect(String set, String file, @TempDir Path directory)
      throws IOException {
    Path source;
    try (Stream<Path> all = Files.list(RecordedSamples.directory().resolve(set))) {
      source = all.sorted().findFirst().orElseThrow();
    }
    Path block = directory.resolve(source.getFileName());
    Files.createDirectories(block.resolve("chunks"));
    for (String f : List.of("index", "chunks/000001", "tombstones", "meta.json")) {
      Files.copy(source.resolve(f), block.resolve(f));
    }
    byte[] bytes = Files.readAllBytes(source.resolve(file));
    List<String> expected = read(block);

    for (long seed = 0; seed < 100; seed++) {
      // A new file each time: one that is mapped must not be cut short.
      Files.delete(block.resolve(file));
      Files.write(block.resolve(file), damaged(bytes, new Random(seed)));
      String what = set + " " + file + " seed " + seed;
      try {
        assertEquals(expected, read(block), what);
      } catch (CorruptTsdbBlockException e) {
        assertTrue(e.getMessage().contains("block=" + block.getFileName()), e::getMessage);
      } catch (IOException | RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }
}
