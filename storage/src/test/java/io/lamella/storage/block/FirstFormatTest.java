package io.lamella.storage.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.block.verify.BlockVerifier;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.block.verify.VerifiedSeriesVisitor;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A block that was written when format 1 became final is readable for ever, with the samples that
/// Prometheus read from its source. The files are never made again.
class FirstFormatTest {
  private static final Path BUCKET =
      RecordedSamples.inProject("storage", "src", "test", "resources", "format-1");

  private static BlockMeta meta(DirectoryObjectStore store) throws Exception {
    return new PublishedBucket(store, PublishedBucket.Scope.ALL)
        .refresh()
        .requireReadable()
        .visible()
        .getFirst();
  }

  @Test
  void theFirstBlockHasEverySampleOfItsDay() throws Exception {
    try (DirectoryObjectStore store = DirectoryObjectStore.open(BUCKET)) {
      BlockMeta meta = meta(store);
      Findings findings = new Findings();
      Map<Labels, List<String>> read = new TreeMap<>();
      new BlockVerifier(store)
          .verify(
              meta,
              findings,
              new VerifiedSeriesVisitor() {
                @Override
                public void series(Labels labels, SampleColumns samples) {
                  read.put(labels, RecordedSamples.text(samples));
                }

                @Override
                public void unreadableRows() throws IOException {
                  throw new IOException("some rows cannot be read");
                }
              });

      assertEquals(List.of(), findings.kept());
      assertEquals(day(meta), read);
    }
  }

  /// The recorded samples of the block's day.
  private static Map<Labels, List<String>> day(BlockMeta meta) throws IOException {
    Map<Labels, List<String>> out = new TreeMap<>();
    RecordedSamples.read("floats")
        .forEach((labels, samples) -> {
          List<String> kept =
              samples.stream()
                  .filter(
                      s -> meta.range().contains(Long.parseLong(s.substring(0, s.indexOf(' ')))))
                  .toList();
          if (!kept.isEmpty()) {
            out.put(labels, kept);
          }
        });
    return out;
  }

  @Test
  void theFirstBlockHasSeveralOfEverything() throws Exception {
    try (DirectoryObjectStore store = DirectoryObjectStore.open(BUCKET)) {
      BlockMeta meta = meta(store);

      assertTrue(meta.shards().size() > 1);
      assertTrue(meta.shards().getFirst().rowGroups() > 1);
      assertEquals(43_200_000, meta.columnMillis());
      assertTrue(!meta.lineage().inputs().isEmpty() && !meta.sources().isEmpty());
      assertEquals(
          meta.counts().samples(),
          meta.lineage().inputs().stream().mapToLong(BlockMeta.Input::kept).sum());
    }
  }
}
