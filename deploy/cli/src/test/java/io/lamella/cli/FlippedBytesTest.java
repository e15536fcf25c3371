package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A block with a flipped byte causes an error that names the block, or all results are still
/// exact.
class FlippedBytesTest {
  private static final int MUTATIONS = 500;

  @TempDir Path directory;

  /// Reads all series of a bucket.
  private static Map<Labels, List<String>> read(ObjectStore store) throws Exception {
    Map<Labels, List<String>> out = new TreeMap<>();
    try (Gateway gateway = Gateway.open(store, GatewayOptions.defaults());
        SeriesSet all =
            gateway
                .source()
                .select(
                    new Selection(
                        List.of(Matcher.of(Matcher.Type.REGEX, "__name__", ".*")),
                        TimeRange.ALL,
                        SelectHints.NONE))) {
      while (all.next()) {
        SampleColumns samples = new SampleColumns();
        all.read(samples);
        out.put(all.labels(), RecordedSamples.text(samples));
      }
    }
    return out;
  }

  @Test
  void aFlippedByteCausesAnErrorOrChangesNoResult() throws Exception {
    ConvertedBlocks.convert(
        RecordedSamples.directory().resolve("histograms"), directory.resolve("bucket"));
    Map<ObjectKey, byte[]> objects = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory.resolve("bucket"))) {
      for (Path p : all.filter(Files::isRegularFile).toList()) {
        objects.put(
            new ObjectKey(directory.resolve("bucket").relativize(p).toString()),
            Files.readAllBytes(p));
      }
    }
    MemoryObjectStore store = new MemoryObjectStore();
    objects.forEach((k, v) -> store.put(k, ByteBuffer.wrap(v)));
    Map<Labels, List<String>> expected = read(store);
    assertTrue(expected.size() > 10, () -> expected.size() + " series");
    long seed = 20260101;
    Random random = new Random(seed);
    List<ObjectKey> keys = new ArrayList<>(objects.keySet());
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      int number = i;
      ObjectKey key = keys.get(random.nextInt(keys.size()));
      byte[] original = objects.get(key);
      store.put(key, ByteBuffer.wrap(mutated(original, random)));
      Map<Labels, List<String>> actual;
      try {
        actual = read(store);
      } catch (QueryException e) {
        String message = String.valueOf(e.getMessage());
        assertTrue(
            message.contains(key.name().split("/")[1]), () -> "block is not named: " + message);
        refused++;
        continue;
      } finally {
        store.put(key, ByteBuffer.wrap(original));
      }
      assertEquals(expected, actual, () -> "seed " + seed + " mutation " + number + " of " + key);
    }
    assertTrue(refused > MUTATIONS / 2, refused + " refused");
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] out = original.clone();
    switch (random.nextInt(10)) {
      case 0 -> {
        return java.util.Arrays.copyOf(out, random.nextInt(out.length));
      }
      case 1 -> {
        return java.util.Arrays.copyOf(out, out.length + 1 + random.nextInt(100));
      }
      default -> out[random.nextInt(out.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return out;
  }
}
