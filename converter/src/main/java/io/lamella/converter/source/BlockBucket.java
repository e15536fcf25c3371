package io.lamella.converter.source;

import io.lamella.converter.schedule.Plan;
import io.lamella.converter.schedule.SourceBlock;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Digests;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.UncheckedObjectStoreException;
import io.lamella.storage.tsdb.TsdbBlockMeta;
import io.lamella.storage.tsdb.TsdbBlockMetaJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// A bucket of TSDB blocks of Prometheus or Thanos. Partial uploads and blocks marked for deletion
/// are skipped and reported.
public final class BlockBucket {
  private static final int DOWNLOAD_BYTES = 8 << 20;

  private final ObjectStore store;
  private final Set<String> replicaLabels;

  /// @param replicaLabels external labels that distinguish replicas; they are removed
  public BlockBucket(ObjectStore store, Set<String> replicaLabels) {
    this.store = store;
    this.replicaLabels = Set.copyOf(replicaLabels);
  }

  /// The blocks that can be converted, and the skipped ones with the reasons.
  public record SourceListing(List<SourceBlock> blocks, List<Plan.Skipped> skipped) {}

  public SourceListing list() throws IOException {
    List<Ulid> ulids = new ArrayList<>();
    try (Stream<String> directories = store.listDirectories("")) {
      directories
          .map(d -> d.substring(0, d.length() - 1))
          .filter(Ulid::isUlid)
          .forEach(d -> ulids.add(Ulid.parse(d)));
    } catch (UncheckedObjectStoreException e) {
      throw e.reason();
    }
    List<SourceBlock> blocks = new ArrayList<>();
    List<Plan.Skipped> skipped = new ArrayList<>();
    for (Ulid u : ulids) {
      ObjectKey directory = new ObjectKey(u.toString());
      ByteBuffer json;
      try {
        json = store.readAll(directory.resolve("meta.json"), TsdbBlockMetaJson.MAX_BYTES);
      } catch (ObjectStoreException.NotFound e) {
        skipped.add(new Plan.Skipped(u, "partial upload: no meta.json"));
        continue;
      }
      if (store.head(directory.resolve("deletion-mark.json")).isPresent()) {
        skipped.add(new Plan.Skipped(u, "marked for deletion"));
        continue;
      }
      blocks.add(block(u, json, state(u)));
    }
    return new SourceListing(blocks, skipped);
  }

  /// The digest of the names, sizes and ETags of a block's files.
  private String state(Ulid block) throws IOException {
    MessageDigest digest = Digests.newSha256();
    for (ObjectEntry e : files(block)) {
      if (!e.key().name().endsWith("/meta.json")) {
        digest.update(
            (e.key().name() + "\0" + e.version().size() + "\0" + e.version().etag() + "\n")
                .getBytes(StandardCharsets.UTF_8));
      }
    }
    return Digests.shortened(digest.digest());
  }

  private List<ObjectEntry> files(Ulid block) throws IOException {
    try (Stream<ObjectEntry> all = store.list(block + "/")) {
      return all.filter(e -> isBlockFile(e.key(), block)).toList();
    } catch (UncheckedObjectStoreException e) {
      throw e.reason();
    }
  }

  private SourceBlock block(Ulid ulid, ByteBuffer json, String state) throws IOException {
    byte[] bytes = new byte[json.remaining()];
    json.get(bytes);
    try {
      TsdbBlockMeta meta = TsdbBlockMetaJson.parse(bytes);
      if (!meta.ulid().equals(ulid.toString())) {
        throw new IOException("it names block " + meta.ulid());
      }
      LabelsBuilder labels = new LabelsBuilder();
      for (Map.Entry<String, String> l : meta.externalLabels().entrySet()) {
        if (!replicaLabels.contains(l.getKey())) {
          labels.add(l.getKey(), l.getValue());
        }
      }
      Labels external = labels.build();
      Set<Ulid> sources = new HashSet<>();
      meta.sources().forEach(s -> sources.add(Ulid.parse(s)));
      return new SourceBlock(
          ulid,
          new BlockMeta.Coverage(
              external,
              meta.minTimeMillis(),
              Math.max(meta.maxTimeMillis(), meta.minTimeMillis() + 1),
              meta.resolutionMillis()),
          sources,
          state);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          "cannot read block meta: "
              + e.getMessage()
              + " [block="
              + ulid
              + " object="
              + ulid
              + "/meta.json]; restore it or move the block away",
          e);
    }
  }

  /// Downloads a block's files below a directory.
  ///
  /// @return the block's own directory there
  public Path download(Ulid block, Path into) throws IOException {
    Path directory = into.resolve(block.toString());
    for (ObjectEntry e : files(block)) {
      Path file = directory.resolve(e.key().name().substring(block.toString().length() + 1));
      Files.createDirectories(file.getParent());
      download(e.version(), file);
    }
    return directory;
  }

  private static boolean isBlockFile(ObjectKey key, Ulid block) {
    String name = key.name().substring(block.toString().length() + 1);
    return name.equals("meta.json")
        || name.equals("index")
        || name.equals("tombstones")
        || name.matches("chunks/\\d+");
  }

  private void download(ObjectVersion object, Path file) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (long at = 0; at < object.size(); at += DOWNLOAD_BYTES) {
        ByteBuffer part =
            store.read(object, new ByteRange(at, Math.min(object.size(), at + DOWNLOAD_BYTES)));
        while (part.hasRemaining()) {
          out.write(part);
        }
      }
    }
  }
}
