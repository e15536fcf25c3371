package io.lamella.converter.source;

import io.lamella.converter.schedule.Plan;
import io.lamella.converter.schedule.SourceBlock;
import io.lamella.converter.schedule.TimeSpan;
import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.concurrent.ParallelTasks;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.UncheckedObjectStoreException;
import io.lamella.storage.tsdb.TsdbBlockMeta;
import io.lamella.storage.tsdb.TsdbBlockMetaJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/// A bucket of TSDB blocks of Prometheus or Thanos. Partial uploads, damaged blocks and blocks
/// marked for deletion are skipped and named. One listing finds all objects; metas are read in
/// parallel.
final class BlockBucket {
  private static final int PARALLEL_READS = 64;
  private static final long MAX_MARK_BYTES = 1 << 20;

  private final ObjectStore store;
  private final Labels external;

  /// @param external labels of blocks that state none, as those of a Prometheus
  BlockBucket(ObjectStore store, Labels external) {
    this.store = store;
    this.external = external;
  }

  /// What a look at one block found.
  private sealed interface Look {
    record Usable(SourceBlock block) implements Look {}

    record Skipped(Plan.Skipped skipped) implements Look {}

    record Damaged(SourceBlock block, Plan.Skipped skipped) implements Look {}
  }

  /// Lists the whole bucket.
  ///
  /// @param files receives the objects of each block
  SourceListing list(Map<Ulid, ListedFiles> files) throws IOException, InterruptedException {
    Map<Ulid, List<ObjectEntry>> entries = new TreeMap<>();
    list("", entries);
    return look(entries, files);
  }

  /// Lists some blocks.
  ///
  /// @param files receives the objects of each block
  SourceListing list(Collection<Ulid> blocks, Map<Ulid, ListedFiles> files)
      throws IOException, InterruptedException {
    Map<Ulid, List<ObjectEntry>> entries = new TreeMap<>();
    for (Ulid u : blocks) {
      entries.put(u, new ArrayList<>());
      list(u + "/", entries);
    }
    return look(entries, files);
  }

  private void list(String prefix, Map<Ulid, List<ObjectEntry>> into) throws IOException {
    try (Stream<ObjectEntry> all = store.list(prefix)) {
      all.forEach(e -> {
        String name = e.key().name();
        String top = name.substring(0, Math.max(0, name.indexOf('/')));
        if (Ulid.isUlid(top)) {
          into.computeIfAbsent(Ulid.parse(top), _ -> new ArrayList<>()).add(e);
        }
      });
    } catch (UncheckedObjectStoreException e) {
      throw e.reason();
    }
  }

  private SourceListing look(Map<Ulid, List<ObjectEntry>> entries, Map<Ulid, ListedFiles> files)
      throws IOException, InterruptedException {
    Semaphore permits = new Semaphore(PARALLEL_READS);
    List<Callable<Look>> looks = new ArrayList<>();
    entries.forEach((block, objects) -> {
      ListedFiles listed = ListedFiles.of(block, objects);
      files.put(block, listed);
      looks.add(() -> {
        permits.acquire();
        try {
          return look(listed);
        } finally {
          permits.release();
        }
      });
    });
    List<SourceBlock> blocks = new ArrayList<>();
    List<SourceBlock> damaged = new ArrayList<>();
    List<Plan.Skipped> skipped = new ArrayList<>();
    for (Look l : ParallelTasks.run(looks)) {
      switch (l) {
        case Look.Usable(SourceBlock block) -> blocks.add(block);
        case Look.Skipped(Plan.Skipped s) -> skipped.add(s);
        case Look.Damaged(SourceBlock block, Plan.Skipped s) -> {
          damaged.add(block);
          skipped.add(s);
        }
      }
    }
    return new SourceListing(blocks, damaged, skipped);
  }

  private Look look(ListedFiles files) throws IOException {
    Ulid block = files.block();
    if (files.object(ListedFiles.META).isEmpty()) {
      return new Look.Skipped(Plan.Skipped.expected(block, "partial upload: no meta.json"));
    }
    if (isMarked(files)) {
      return new Look.Skipped(Plan.Skipped.expected(block, "marked for deletion"));
    }
    TsdbBlockMeta meta;
    SourceBlock source;
    try {
      meta = meta(files);
      source = block(files, meta);
    } catch (ObjectStoreException.NotFound e) {
      return new Look.Skipped(Plan.Skipped.expected(block, "deleted meanwhile"));
    } catch (ObjectStoreException.TooLarge e) {
      return new Look.Skipped(Plan.Skipped.damaged(block, "meta.json is too large"));
    } catch (ObjectStoreException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      return new Look.Skipped(Plan.Skipped.damaged(block, String.valueOf(e.getMessage())));
    }
    if (!PossibleTimes.are(meta.minTimeMillis(), meta.maxTimeMillis())) {
      return new Look.Skipped(
          Plan.Skipped.damaged(
              block,
              "impossible times from "
                  + meta.minTimeMillis()
                  + " to "
                  + meta.maxTimeMillis()
                  + ", expected "
                  + PossibleTimes.EXPECTED));
    }
    Optional<String> missing = missing(files, meta);
    return missing.isPresent()
        ? new Look.Damaged(source, Plan.Skipped.damaged(block, missing.get()))
        : new Look.Usable(source);
  }

  /// The first file that the meta states and that is not there, or of another size.
  private static Optional<String> missing(ListedFiles files, TsdbBlockMeta meta) {
    if (files.object(ListedFiles.INDEX).isEmpty()) {
      return Optional.of("partial upload: no index");
    }
    for (Map.Entry<String, Long> f : new TreeMap<>(meta.files()).entrySet()) {
      long size = files.object(f.getKey()).map(v -> v.size()).orElse(-1L);
      if (ListedFiles.isData(f.getKey()) && size != f.getValue()) {
        return Optional.of(
            "partial upload: "
                + f.getKey()
                + (size < 0 ? " is missing" : " has " + size + " bytes")
                + ", meta.json states "
                + f.getValue());
      }
    }
    return Optional.empty();
  }

  /// Whether a block has a readable deletion mark; one that is not JSON counts for nothing.
  private boolean isMarked(ListedFiles files) throws IOException {
    if (files.object(ListedFiles.DELETION_MARK).isEmpty()) {
      return false;
    }
    try {
      return DeletionMark.isMark(
          bytes(
              store.readAll(files.object(ListedFiles.DELETION_MARK).get().key(), MAX_MARK_BYTES)));
    } catch (ObjectStoreException.NotFound | ObjectStoreException.TooLarge e) {
      return false;
    }
  }

  private TsdbBlockMeta meta(ListedFiles files) throws IOException {
    TsdbBlockMeta meta =
        TsdbBlockMetaJson.parse(
            bytes(
                store.readAll(
                    files.object(ListedFiles.META).orElseThrow().key(),
                    TsdbBlockMetaJson.MAX_BYTES)));
    if (!meta.ulid().equals(files.block().toString())) {
      throw new IOException("meta.json names block " + meta.ulid());
    }
    return meta;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] out = new byte[buffer.remaining()];
    buffer.get(out);
    return out;
  }

  private SourceBlock block(ListedFiles files, TsdbBlockMeta meta) {
    Set<Ulid> sources = new HashSet<>();
    meta.sources().forEach(s -> sources.add(Ulid.parse(s)));
    meta.rewritten().forEach(s -> sources.add(Ulid.parse(s)));
    Map<Ulid, TimeSpan> parents = new HashMap<>();
    for (TsdbBlockMeta.Parent p : meta.parents()) {
      if (Ulid.isUlid(p.ulid()) && p.maxTimeMillis() > p.minTimeMillis()) {
        parents.put(Ulid.parse(p.ulid()), new TimeSpan(p.minTimeMillis(), p.maxTimeMillis()));
      }
    }
    Labels labels = meta.externalLabels().isEmpty() ? external : Labels.of(meta.externalLabels());
    return new SourceBlock(
        files.block(),
        new BlockMeta.Coverage(
            labels,
            meta.minTimeMillis(),
            Math.max(meta.maxTimeMillis(), meta.minTimeMillis() + 1),
            meta.resolutionMillis()),
        sources,
        parents,
        new SourceBlock.Files(
            files.state(labels), meta.samples(), files.bytes(), files.tombstoneBytes()));
  }
}
