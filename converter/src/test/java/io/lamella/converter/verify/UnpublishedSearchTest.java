package io.lamella.converter.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.converter.merge.SourceBlockFiles;
import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Samples of converted sources that no published block has are found.
class UnpublishedSearchTest {
  private static final long DAY_MILLIS = 86_400_000;
  private static final long DAY = 20_000 * DAY_MILLIS;
  private static final Labels UP = Labels.of("__name__", "up", "dc_id", "1");

  @TempDir Path directory;

  private List<UnpublishedSamples> search(long withoutDay) throws Exception {
    Path from = directory.resolve("from");
    SourceBlockFiles.write(
        from,
        7,
        Map.of(),
        Map.of(UP, SourceBlockFiles.constant(DAY - 3 * 60_000, 60_000, 10, 1)),
        120);
    Path bucket = directory.resolve("bucket");
    Conversion.run(
        from.toString(),
        bucket.toString(),
        ConversionOptions.defaults().withWorkDirectory(directory.resolve("work")),
        _ -> {});
    try (DirectoryObjectStore store = DirectoryObjectStore.open(bucket);
        SourceVerifier verifier = SourceVerifier.open(from.toString())) {
      List<BlockMeta> published =
          new PublishedBucket(store, PublishedBucket.Scope.ALL).refresh().visible();
      return verifier.unpublished(
          published.stream().filter(m -> m.minTimeMillis() != withoutDay).toList());
    }
  }

  @Test
  void aDayThatIsNotPublishedIsReportedWithItsSamples() throws Exception {
    assertEquals(
        List.of(new UnpublishedSamples(Ulid.of(7, new byte[10]), DAY - DAY_MILLIS, 3)),
        search(DAY - DAY_MILLIS));
  }

  @Test
  void whereAllDaysArePublishedNothingIsReported() throws Exception {
    assertEquals(List.of(), search(0));
  }

  @Test
  void theReportNamesDayAndSource() {
    String text = new UnpublishedSamples(Ulid.of(7, new byte[10]), DAY, 28_875).toString();
    assertTrue(text.startsWith("28,875 samples of source 0000000007"), text);
    assertTrue(text.contains(" of 2024-10-04 are in no published block"), text);
  }
}
