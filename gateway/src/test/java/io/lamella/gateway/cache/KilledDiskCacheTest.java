package io.lamella.gateway.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.DiskError;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// After a process was killed while it wrote, all pages that are found are correct, and the lock on
/// the directory is released.
class KilledDiskCacheTest {
  private static final int PAGES = 2000;

  @TempDir Path directory;

  private DiskPages.DiskCacheOptions options() {
    return new DiskPages.DiskCacheOptions(directory.resolve("cache"), 1 << 20);
  }

  /// Writes pages over and over, more than fit, and prints a line after each hundred.
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws InterruptedException {
      DiskPages pages =
          DiskPages.open(
                  new DiskPages.DiskCacheOptions(Path.of(arguments[0]), 1 << 20),
                  new FetchMetrics(new PrometheusRegistry()))
              .orElseThrow();
      for (int i = 0; ; i++) {
        pages.put(CachePages.key(i % PAGES), CachePages.bytes(i % PAGES));
        if (i % 100 == 0) {
          pages.flush();
          System.out.println(i);
        }
      }
    }
  }

  private Process startWriter() throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            directory.resolve("cache").toString())
        .redirectError(new File(directory.toFile(), "log"))
        .start();
  }

  @Test
  void pagesWrittenByAKilledProcessAreCorrect() throws Exception {
    for (int round = 0; round < 5; round++) {
      Process writer = startWriter();
      try (BufferedReader lines = writer.inputReader()) {
        // Some rounds are killed after a few pages, others while segments are evicted.
        for (int i = 0; i < 2 + round * 7; i++) {
          assertTrue(lines.readLine() != null, "the writer ended by itself");
        }
        assertEquals(
            Optional.empty(),
            DiskPages.open(options(), new FetchMetrics(new PrometheusRegistry())),
            "a directory in use is not opened");
        writer.destroyForcibly().waitFor();
      } finally {
        writer.destroyForcibly();
      }
      FetchMetrics metrics = new FetchMetrics(new PrometheusRegistry());
      try (DiskPages pages = DiskPages.open(options(), metrics).orElseThrow()) {
        pages.flush();
        Map<PageKey, ByteBuffer> found =
            pages.find(IntStream.range(0, PAGES).mapToObj(CachePages::key).toList());
        assertTrue(found.size() >= 100, found.size() + " pages left");
        for (int i = 0; i < PAGES; i++) {
          ByteBuffer bytes = found.get(CachePages.key(i));
          assertTrue(bytes == null || bytes.equals(CachePages.bytes(i)), "page " + i);
        }
        assertEquals(0, metrics.count(DiskError.READ));
      }
    }
  }
}
