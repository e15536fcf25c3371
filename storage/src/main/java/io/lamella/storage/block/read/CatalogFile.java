package io.lamella.storage.block.read;

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

/// Reads `catalog.json`, which holds the metas of all blocks in one object.
public final class CatalogFile {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogFile.class);

  private CatalogFile() {}

  /// Reads the file with one request.
  ///
  /// @throws ObjectStoreException where there is none, it is too large, or the store fails
  /// @throws IOException where its bytes are damaged
  public static Catalog read(ObjectStore store) throws IOException {
    ByteBuffer bytes = store.readAll(BlockNames.CATALOG, CatalogJson.MAX_BYTES);
    byte[] json = new byte[bytes.remaining()];
    bytes.get(json);
    return CatalogJson.read(json);
  }

  /// Metas by the versions that they were read from. A meta is valid only while its object is that
  /// version. Never fails: the file only saves reads, so without a readable one there are no metas.
  static Map<ObjectVersion, BlockMeta> metas(ObjectStore store) {
    try {
      Catalog catalog = read(store);
      LOG.debug(
          "catalog file read object={} blocks={} written={}",
          BlockNames.CATALOG,
          catalog.entries().size(),
          catalog.writtenMillis());
      return catalog.metas();
    } catch (ObjectStoreException.NotFound e) {
      LOG.debug("no catalog file, metas are read one by one object={}", BlockNames.CATALOG);
    } catch (IOException e) {
      // After an interrupt nobody needs it: the listing failed or is empty.
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
