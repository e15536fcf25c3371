package io.lamella.storage.block.verify;

import io.lamella.storage.block.BlockHead;
import io.lamella.storage.block.BlockManifest;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.ListedBlock;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Makes the meta of a block again from its files, each of which describes the whole block. Every
/// file is read whole, and their digests must be those that name their directory: so the meta is
/// the lost one, byte for byte, or there is an error.
public final class BlockRepair {
  private final ObjectStore store;

  public BlockRepair(ObjectStore store) {
    this.store = store;
  }

  /// @param block as a listing of the bucket returned it
  /// @throws IOException where no directory of the block has all its files, or the store fails
  public BlockMeta meta(ListedBlock block) throws IOException {
    Map<String, Map<String, ObjectVersion>> directories = new TreeMap<>();
    String prefix = BlockNames.directory(block.block()).name() + "/";
    for (ObjectEntry e : block.objects()) {
      String name = e.key().name().substring(prefix.length());
      int slash = name.indexOf('/');
      if (slash > 0) {
        directories
            .computeIfAbsent(name.substring(0, slash), _ -> new HashMap<>())
            .put(name.substring(slash + 1), e.version());
      }
    }
    List<String> failures = new ArrayList<>();
    for (Map.Entry<String, Map<String, ObjectVersion>> d : directories.entrySet()) {
      try {
        return meta(block.block(), d.getKey(), d.getValue());
      } catch (DamagedFilesException | CorruptBlockException e) {
        failures.add(d.getKey() + ": " + e.getMessage());
      }
    }
    throw new IOException(
        "cannot repair block "
            + block.block()
            + ": no directory has all its files "
            + failures
            + "; delete the block and convert it again");
  }

  /// What is wrong with the files of one directory.
  private static final class DamagedFilesException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedFilesException(String message) {
      super(message);
    }
  }

  private BlockMeta meta(Ulid block, String directory, Map<String, ObjectVersion> files)
      throws IOException {
    OpenedFile first = open(files, BlockNames.labelsFile(0));
    Map<String, String> keyValues = first.metadata().keyValues();
    BlockHead head;
    int count;
    try {
      head =
          BlockMetaJson.readHead(
              keyValues.getOrDefault(BlockSchema.BLOCK_KEY, "").getBytes(StandardCharsets.UTF_8),
              first.file().name());
      count = Integer.parseInt(keyValues.getOrDefault(BlockSchema.SHARDS_KEY, ""));
    } catch (IOException | NumberFormatException e) {
      throw new DamagedFilesException(String.valueOf(e.getMessage()));
    }
    if (!head.ulid().equals(block) || count < 1 || count > files.size()) {
      throw new DamagedFilesException(
          "files of block " + head.ulid() + " with " + count + " shards");
    }
    List<BlockMeta.Shard> shards = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shards.add(shard(i, i == 0 ? Optional.of(first) : Optional.empty(), head, files));
    }
    String digest = BlockNames.digest(shards);
    if (!digest.equals(directory)) {
      throw new DamagedFilesException("the digest of the files is " + digest);
    }
    return head.with(BlockNames.inDigestDirectory(shards));
  }

  private BlockMeta.Shard shard(
      int number, Optional<OpenedFile> opened, BlockHead head, Map<String, ObjectVersion> files)
      throws IOException {
    OpenedFile labels =
        opened.isPresent() ? opened.get() : open(files, BlockNames.labelsFile(number));
    OpenedFile chunks = open(files, BlockNames.chunksFile(number));
    ObjectVersion object = version(files, BlockNames.manifest(number));
    if (object.size() > BlockManifest.MAX_BYTES) {
      throw new DamagedFilesException("manifest of " + object.size() + " bytes");
    }
    byte[] bytes = bytes(object, 0);
    List<String> none = head.sortKey().labels().stream().map(_ -> "").toList();
    BlockMeta.Shard shard =
        new BlockMeta.Shard(
            labels.metadata().rows(),
            labels.metadata().rowGroups().size(),
            none,
            none,
            labels.file(),
            chunks.file(),
            BlockMeta.Manifest.of(BlockNames.manifest(number), bytes));
    RunDirectory runs = BlockManifest.decode(bytes, shard, object.key().name()).runs();
    return new BlockMeta.Shard(
        shard.rows(),
        shard.rowGroups(),
        runs.key(0),
        runs.key(runs.runs() - 1),
        shard.labels(),
        shard.chunks(),
        shard.manifest());
  }

  /// A Parquet file that was read whole.
  private record OpenedFile(BlockMeta.File file, ParquetFileMetadata metadata) {}

  private OpenedFile open(Map<String, ObjectVersion> files, String name) throws IOException {
    ObjectVersion object = version(files, name);
    if (object.size() < 12) {
      throw new DamagedFilesException(name + " has " + object.size() + " bytes");
    }
    String place = object.key().name();
    long length = ParquetFileMetadata.footerLength(bytes(object, object.size() - 8), place);
    if (length > object.size()) {
      throw new DamagedFilesException(name + " has a footer of " + length + " bytes");
    }
    byte[] footer = bytes(object, object.size() - length);
    long indexStart = ParquetFileMetadata.indexStart(footer, place);
    if (indexStart < 4 || indexStart > object.size() - length) {
      throw new DamagedFilesException(name + " has page indexes at " + indexStart);
    }
    byte[] tail = bytes(object, indexStart);
    BlockMeta.File file =
        new BlockMeta.File(
            name,
            object.size(),
            indexStart,
            BlockManifest.checksum(tail),
            ObjectBytes.digest(store, object).sha256());
    return new OpenedFile(file, ParquetFileMetadata.parse(tail, indexStart, place));
  }

  private static ObjectVersion version(Map<String, ObjectVersion> files, String name)
      throws IOException {
    ObjectVersion v = files.get(name);
    if (v == null) {
      throw new DamagedFilesException(name + " is missing");
    }
    return v;
  }

  private byte[] bytes(ObjectVersion object, long from) throws IOException {
    ByteBuffer read = store.read(object, new ByteRange(from, object.size()));
    byte[] out = new byte[read.remaining()];
    read.get(out);
    return out;
  }
}
