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
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the published metas to the catalog, `catalog.json` and further parts. It only saves
/// reads, so a failure here does not fail the conversion. Its content depends on a listing and the
/// metas alone, never on the previous file.
public final class CatalogWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogWriter.class);

  /// The outcome of a write.
  public enum CatalogOutcome {
    WRITTEN,
    UP_TO_DATE,
    FAILED
  }

  /// The most blocks of a part.
  private static final int PART_BLOCKS = 5000;

  private static final long PART_BYTES = CatalogJson.MAX_BYTES / 2;

  private final ObjectStore store;
  private final PublishedBucket published;
  private final int partBlocks;

  /// @param published reads all blocks
  public CatalogWriter(ObjectStore store, PublishedBucket published) {
    this(store, published, PART_BLOCKS);
  }

  CatalogWriter(ObjectStore store, PublishedBucket published, int partBlocks) {
    this.store = store;
    this.published = published;
    this.partBlocks = partBlocks;
  }

  /// Lists the bucket and writes the parts whose content is different.
  public CatalogOutcome write(Instant now) throws InterruptedException {
    try {
      List<Catalog.Entry> entries =
          published.refresh().requireReadable().unmarked().stream()
              .map(e -> new Catalog.Entry(e.version(), e.meta().forReaders()))
              .toList();
      List<List<Catalog.Entry>> parts = parts(entries);
      List<Catalog> there = there();
      boolean changed = false;
      // The first part says how many there are, so it is written last.
      for (int i = parts.size() - 1; i >= 0; i--) {
        Catalog part = new Catalog(now.toEpochMilli(), parts.size(), parts.get(i));
        boolean same =
            i < there.size()
                && there.get(i).entries().equals(part.entries())
                && (i > 0 || there.getFirst().parts() == parts.size());
        if (!same) {
          put(i, part);
          changed = true;
        }
      }
      if (!changed) {
        return CatalogOutcome.UP_TO_DATE;
      }
      LOG.info("catalog written blocks={} parts={}", entries.size(), parts.size());
      return CatalogOutcome.WRITTEN;
    } catch (IOException e) {
      LOG.warn(
          "catalog not written, gateways read metas one by one object={} reason=\"{}\"",
          BlockNames.CATALOG,
          e.getMessage());
      return CatalogOutcome.FAILED;
    }
  }

  /// Divides the entries by their order, so that new days change only the last part.
  private List<List<Catalog.Entry>> parts(List<Catalog.Entry> entries) {
    List<List<Catalog.Entry>> out = new ArrayList<>(List.of(new ArrayList<>()));
    long bytes = 0;
    for (Catalog.Entry e : entries) {
      if (out.getLast().size() == partBlocks || bytes + e.version().size() > PART_BYTES) {
        out.add(new ArrayList<>());
        bytes = 0;
      }
      out.getLast().add(e);
      bytes += e.version().size();
    }
    return out;
  }

  private void put(int number, Catalog part) throws IOException {
    byte[] json = CatalogJson.write(part);
    if (json.length > CatalogJson.MAX_BYTES) {
      throw new IOException(
          "cannot write catalog of "
              + part.entries().size()
              + " blocks: "
              + json.length
              + " bytes, at most "
              + CatalogJson.MAX_BYTES);
    }
    store.put(BlockNames.catalogPart(number), ByteBuffer.wrap(json));
  }

  /// The parts in the bucket: an empty one where there is no catalog, none where it cannot be read.
  private List<Catalog> there() throws IOException, InterruptedException {
    try {
      return CatalogFile.read(store);
    } catch (ObjectStoreException.NotFound e) {
      return List.of(new Catalog(0, List.of()));
    } catch (ObjectStoreException.TooLarge e) {
      return List.of();
    } catch (ObjectStoreException e) {
      throw e;
    } catch (IOException e) {
      LOG.warn("catalog is written again reason=\"{}\"", e.getMessage());
      return List.of();
    }
  }
}
