package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lamella.storage.RecordedSamples;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.CatalogJson;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The content of `catalog.json` after a conversion.
class ConversionCatalogTest {
  @TempDir Path directory;

  private Path bucket() {
    return directory.resolve("bucket");
  }

  private Path catalog() {
    return bucket().resolve(BlockNames.CATALOG.name());
  }

  private ConversionSummary convert() throws IOException, InterruptedException {
    ConversionOptions options =
        ConversionOptions.defaults().withWorkDirectory(directory.resolve("work")).withThreads(1);
    return Conversion.run(
        RecordedSamples.directory().resolve("floats").toString(),
        bucket().toString(),
        options,
        day -> {});
  }

  /// The listed blocks of the bucket with their metas.
  private List<Catalog.Entry> published() throws IOException {
    List<Catalog.Entry> out = new ArrayList<>();
    try (DirectoryObjectStore store = DirectoryObjectStore.open(bucket());
        Stream<ObjectEntry> all = store.list(BlockNames.BLOCKS)) {
      for (ObjectEntry e : all.toList()) {
        if (e.key().lastSegment().equals(BlockNames.META)) {
          byte[] json = store.readAll(e.key(), BlockMetaJson.MAX_BYTES).array();
          BlockMeta meta = BlockMetaJson.read(json, e.key().name());
          out.add(new Catalog.Entry(e.version(), meta.forReaders()));
        }
      }
    }
    return out;
  }

  @Test
  void afterAConversionTheCatalogHasTheMetasOfAllBlocks() throws Exception {
    assertEquals(3, convert().published());

    List<Catalog.Entry> expected = published();
    assertEquals(3, expected.size());
    assertEquals(expected, CatalogJson.read(Files.readAllBytes(catalog())).entries());
  }

  @Test
  void aConversionWithoutWorkWritesTheCatalogOnlyWhereItIsMissing() throws Exception {
    convert();
    Files.delete(catalog());
    assertEquals(0, convert().published());
    byte[] made = Files.readAllBytes(catalog());
    assertEquals(published(), CatalogJson.read(made).entries());

    convert();

    assertEquals(
        CatalogJson.read(made).writtenMillis(),
        CatalogJson.read(Files.readAllBytes(catalog())).writtenMillis());
  }

  @Test
  void aCatalogThatCannotBeWrittenDoesNotFailTheConversion() throws Exception {
    Files.createDirectories(catalog().resolve("in the way"));

    assertEquals(3, convert().published());

    assertEquals(3, published().size());
    assertFalse(Files.isRegularFile(catalog()));
  }
}
