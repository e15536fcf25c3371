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

/// Keeps `catalog.json` the same as the published metas. It only spares readers work, so nothing
/// that goes wrong with it is a failure of the run; and it is made from a listing and the metas
/// alone, never from what it said before.
public final class CatalogWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogWriter.class);

  /// How keeping it ended.
  public enum Outcome {
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

  /// Lists, and writes where something else is there.
  public Outcome write(Instant now) throws InterruptedException {
    try {
      List<Catalog.Entry> entries = published.refresh().requireReadable().unmarked();
      if (there().filter(entries::equals).isPresent()) {
        return Outcome.UP_TO_DATE;
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
      return Outcome.WRITTEN;
    } catch (IOException e) {
      LOG.warn(
          "catalog not written, gateways read metas one by one object={} reason=\"{}\"",
          BlockNames.CATALOG,
          e.getMessage());
      return Outcome.FAILED;
    }
  }

  /// What the catalog in the bucket holds, nothing where there is none; empty where it cannot be
  /// read.
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
