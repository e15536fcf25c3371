package io.lamella.gateway.catalog;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.CatalogJson;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the metas of all blocks from `catalog.json` in one read. The file is optional: where it is
/// missing, damaged or cannot be read, there are no metas in it.
final class CatalogFile {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogFile.class);

  private CatalogFile() {}

  /// Metas by the versions of their objects; each is valid only while its object has that version.
  /// Never fails.
  static Map<ObjectVersion, BlockMeta> read(ObjectStore store) {
    try {
      ByteBuffer bytes = store.readAll(BlockNames.CATALOG, CatalogJson.MAX_BYTES);
      byte[] json = new byte[bytes.remaining()];
      bytes.get(json);
      Catalog catalog = CatalogJson.read(json);
      LOG.debug(
          "catalog file read object={} blocks={} written={}",
          BlockNames.CATALOG,
          catalog.entries().size(),
          catalog.writtenMillis());
      return catalog.metas();
    } catch (ObjectStoreException.NotFound e) {
      LOG.debug("no catalog file, metas are read one by one object={}", BlockNames.CATALOG);
    } catch (IOException e) {
      // After an interrupt no result is needed: there is no block, or the listing failed.
      if (!Thread.currentThread().isInterrupted()) {
        LOG.warn(
            "catalog file not used, metas are read one by one object={} reason=\"{}\"",
            BlockNames.CATALOG,
            e.getMessage());
      }
    }
    return Map.of();
  }
}
