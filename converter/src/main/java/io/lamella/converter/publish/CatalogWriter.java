package io.lamella.converter.publish;

import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.CatalogJson;
import io.lamella.storage.block.read.CatalogFile;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the published metas to the catalog file `catalog.json`. The file only saves reads, so a
/// failure here does not fail the conversion. Its content depends on a listing and the metas alone,
/// never on the previous file.
public final class CatalogWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogWriter.class);

  /// The outcome of a write.
  public enum CatalogOutcome {
    WRITTEN,
    UP_TO_DATE,
    FAILED
  }

  private final ObjectStore store;
  private final PublishedBucket published;

  /// @param published reads all blocks
  public CatalogWriter(ObjectStore store, PublishedBucket published) {
    this.store = store;
    this.published = published;
  }

  /// Lists the bucket and writes the file where its content is different.
  public CatalogOutcome write(Instant now) throws InterruptedException {
    try {
      List<Catalog.Entry> entries = published.refresh().requireReadable().unmarked();
      if (there().filter(entries::equals).isPresent()) {
        return CatalogOutcome.UP_TO_DATE;
      }
      byte[] json = CatalogJson.write(new Catalog(now.toEpochMilli(), entries));
      if (json.length > CatalogJson.MAX_BYTES) {
        throw new IOException(
            "cannot write catalog of "
                + entries.size()
                + " blocks: "
                + json.length
                + " bytes, at most "
                + CatalogJson.MAX_BYTES);
      }
      store.put(BlockNames.CATALOG, ByteBuffer.wrap(json));
      LOG.info("catalog written blocks={} bytes={}", entries.size(), json.length);
      return CatalogOutcome.WRITTEN;
    } catch (IOException e) {
      LOG.warn(
          "catalog not written, gateways read metas one by one object={} reason=\"{}\"",
          BlockNames.CATALOG,
          e.getMessage());
      return CatalogOutcome.FAILED;
    }
  }

  /// The entries of the file in the bucket: an empty list where there is no file, an empty value
  /// where it cannot be read.
  private Optional<List<Catalog.Entry>> there() throws IOException {
    try {
      return Optional.of(CatalogFile.read(store).entries());
    } catch (ObjectStoreException.NotFound e) {
      return Optional.of(List.of());
    } catch (ObjectStoreException.TooLarge e) {
      return Optional.empty();
    } catch (ObjectStoreException e) {
      throw e;
    } catch (IOException e) {
      LOG.warn("catalog is written again reason=\"{}\"", e.getMessage());
      return Optional.empty();
    }
  }
}
