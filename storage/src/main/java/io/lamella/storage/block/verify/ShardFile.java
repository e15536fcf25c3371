package io.lamella.storage.block.verify;

import io.lamella.storage.block.BlockManifest;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.util.Optional;

/// One Parquet file of a shard. Its digests were verified and its page indexes parsed.
record ShardFile(ObjectBytes bytes, ParquetFileMetadata metadata, FooterCheck columnFooter) {
  /// Opens a file. Where its pages cannot be located, the result is empty and a finding is added.
  static Optional<ShardFile> open(
      ObjectStore store, ObjectKey key, BlockMeta.File file, Findings findings) throws IOException {
    Optional<ObjectVersion> version = present(store, key, file.size(), findings);
    if (version.isEmpty()) {
      return Optional.empty();
    }
    ObjectBytes bytes = ObjectBytes.digest(store, version.get());
    if (!bytes.sha256().equals(file.sha256())) {
      findings.add(
          key.name(), "", "digest " + bytes.sha256() + ", meta.json says " + file.sha256());
    }
    byte[] tail = bytes.array(new ByteRange(file.indexStart(), file.size()));
    int checksum = BlockManifest.checksum(tail);
    if (checksum != file.indexCrc32c()) {
      findings.lose();
      findings.add(
          key.name(),
          "range=" + new ByteRange(file.indexStart(), file.size()),
          String.format(
              "page indexes and footer have checksum %08x, meta.json says %08x",
              checksum, file.indexCrc32c()));
      return Optional.empty();
    }
    try {
      ParquetFileMetadata metadata = ParquetFileMetadata.parse(tail, file.indexStart(), key.name());
      FooterCheck columnFooter =
          FooterCheck.read(tail, file.indexStart(), metadata, key.name(), findings);
      return Optional.of(new ShardFile(bytes, metadata, columnFooter));
    } catch (CorruptBlockException e) {
      findings.addUnreadable(key.name(), "", e);
      return Optional.empty();
    }
  }

  /// The version of an object. Where it is missing or has another size, the result is empty and a
  /// finding is added.
  static Optional<ObjectVersion> present(
      ObjectStore store, ObjectKey key, long size, Findings findings) throws IOException {
    Optional<ObjectVersion> version = store.head(key);
    if (version.isEmpty()) {
      findings.lose();
      findings.add(key.name(), "", "the object is missing");
      return version;
    }
    if (version.get().size() != size) {
      findings.lose();
      findings.add(key.name(), "", version.get().size() + " bytes, meta.json says " + size);
      return Optional.empty();
    }
    return version;
  }

  String name() {
    return bytes.name();
  }
}
