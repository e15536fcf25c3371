package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.converter.schedule.DaySelection;
import io.lamella.converter.schedule.TimeSpan;
import io.lamella.storage.block.Ulid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Copies of source blocks stay within the limit of local disk.
class TemporaryDiskTest extends ConversionCase {
  @BeforeEach
  void open() throws Exception {
    options = options.withThreads(3);
  }

  /// A bucket that is not a local directory to the converter.
  @Override
  String source() {
    return "type: FILESYSTEM\nconfig:\n  directory: " + bucket.root() + "\n";
  }

  private long bytes(Ulid block) throws IOException {
    try (Stream<Path> all = Files.walk(bucket.directory(block))) {
      long total = 0;
      for (Path p : all.filter(Files::isRegularFile).toList()) {
        total += p.endsWith("meta.json") ? 0 : Files.size(p);
      }
      return total;
    }
  }

  @Test
  void aBucketThatIsLargerThanTheLimitConvertsAndEachBlockIsCopiedOnce() throws Exception {
    long largest = 0;
    long total = 0;
    for (int i = 0; i < 10; i++) {
      for (String cluster : List.of("a", "b")) {
        long bytes =
            bytes(bucket.add(3 * i * DAY, 3 * (i + 1) * DAY, Map.of("cluster", cluster), 3));
        largest = Math.max(largest, bytes);
        total += bytes;
      }
    }
    options = options.withDiskBytes(largest * 3 / 2);

    ConversionSummary s = convert();

    assertEquals(60, s.published(), () -> s.problems().toString());
    assertEquals(total, s.sourceBytes());
  }

  @Test
  void ofABlockOnlyTheNeededDaysAreCopied() throws Exception {
    Ulid block = bucket.add(0, 60 * DAY, Map.of("cluster", "a"), 20);
    options =
        options
            .withDiskBytes(bytes(block) / 2)
            .withSelection(DaySelection.ALL.withTimes(new TimeSpan(3 * DAY, 5 * DAY)));

    ConversionSummary s = convert();

    assertEquals(2, s.published(), () -> s.problems().toString());
    assertEquals(2L * 20 * 24 * 60, s.samples());
    assertTrue(s.sourceBytes() < bytes(block) / 2, s.sourceBytes() + " bytes copied");
  }

  @Test
  void aDayThatNeedsMoreThanTheLimitIsNamedAndTheRestGoesOn() throws Exception {
    Ulid large = bucket.add(0, DAY, Map.of("cluster", "a"), 40);
    bucket.add(0, DAY, Map.of("cluster", "b"), 2);
    options = options.withDiskBytes(bytes(large) - 1);

    ConversionSummary s = convert();

    assertEquals(1, s.published());
    assertTrue(
        s.problems().getFirst().why().contains("raise --temp-disk"), () -> s.problems().toString());
  }
}
