package io.lamella.storage.block.read;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.CatalogJson;
import io.lamella.storage.concurrent.ParallelTasks;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the catalog, which holds the metas of all blocks in a few objects.
public final class CatalogFile {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogFile.class);

  /// Parts have tens of megabytes.
  private static final int PARALLEL_READS = 4;

  private CatalogFile() {}

  /// Reads the first part, then all others at once. A part that cannot be read is empty.
  ///
  /// @throws ObjectStoreException where there is no first part, it is too large, or the store fails
  /// @throws IOException where its bytes are damaged
  public static List<Catalog> read(ObjectStore store) throws IOException, InterruptedException {
    Catalog first = part(store, 0);
    List<Callable<Catalog>> others = new ArrayList<>();
    Semaphore permits = new Semaphore(PARALLEL_READS);
    for (int i = 1; i < first.parts(); i++) {
      int number = i;
      others.add(() -> {
        permits.acquire();
        try {
          return part(store, number);
        } catch (IOException e) {
          LOG.warn("part of the catalog not used reason=\"{}\"", e.getMessage());
          return new Catalog(0, List.of());
        } finally {
          permits.release();
        }
      });
    }
    List<Catalog> out = new ArrayList<>(List.of(first));
    out.addAll(others.isEmpty() ? List.of() : ParallelTasks.run(others));
    return out;
  }

  private static Catalog part(ObjectStore store, int number) throws IOException {
    ByteBuffer bytes = store.readAll(BlockNames.catalogPart(number), CatalogJson.MAX_BYTES);
    byte[] json = new byte[bytes.remaining()];
    bytes.get(json);
    return CatalogJson.read(json);
  }

  /// Metas by the versions that they were read from. A meta is valid only while its object is that
  /// version. Never fails: the file only saves reads, so without a readable one there are no metas.
  static Map<ObjectVersion, BlockMeta> metas(ObjectStore store) throws InterruptedException {
    try {
      Map<ObjectVersion, BlockMeta> out = new HashMap<>();
      List<Catalog> parts = read(store);
      parts.forEach(p -> out.putAll(p.metas()));
      LOG.debug(
          "catalog read object={} parts={} blocks={}",
          BlockNames.CATALOG,
          parts.size(),
          out.size());
      return out;
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

  /// The metas where they arrive in time; otherwise the read is cancelled, and there are none.
  ///
  /// @param reading runs [#metas]; several threads may wait for it
  static Map<ObjectVersion, BlockMeta> within(
      Duration patience, Future<Map<ObjectVersion, BlockMeta>> reading)
      throws ExecutionException, InterruptedException {
    try {
      return reading.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (reading.cancel(true)) {
        LOG.warn(
            "catalog file not used, metas are read one by one object={} reason=\"it had not arrived after {} ms\"",
            BlockNames.CATALOG,
            patience.toMillis());
      }
    } catch (CancellationException e) {
      // Another thread has waited long enough.
    }
    return Map.of();
  }
}
