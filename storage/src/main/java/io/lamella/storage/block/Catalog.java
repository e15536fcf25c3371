package io.lamella.storage.block;

import io.lamella.storage.object.ObjectVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The content of one part of the catalog: metas of published blocks, [for
/// readers][BlockMeta#forReaders], in one object. It only saves reads: a listing of the bucket
/// alone decides which blocks exist, and a meta is valid only while the listing shows the version
/// that it was read from.
///
/// @param writtenMillis when it was written
/// @param parts how many parts there are
/// @param entries by block, ascending, each block once
public record Catalog(long writtenMillis, int parts, List<Entry> entries) {
  /// A reader reads no more parts than this.
  public static final int MAX_PARTS = 10_000;

  /// A catalog of one part.
  public Catalog(long writtenMillis, List<Entry> entries) {
    this(writtenMillis, 1, entries);
  }

  /// A meta and the version of its object.
  public record Entry(ObjectVersion version, BlockMeta meta) {
    public Entry {
      if (!version.key().equals(BlockNames.meta(meta.ulid()))) {
        throw new IllegalArgumentException(
            "cannot describe block " + meta.ulid() + " by object " + version.key());
      }
    }
  }

  public Catalog {
    entries = List.copyOf(entries);
    if (parts < 1 || parts > MAX_PARTS) {
      throw new IllegalArgumentException(
          "cannot make a catalog of " + parts + " parts: expected 1 to " + MAX_PARTS);
    }
    for (int i = 1; i < entries.size(); i++) {
      Ulid before = entries.get(i - 1).meta().ulid();
      Ulid block = entries.get(i).meta().ulid();
      if (before.compareTo(block) >= 0) {
        throw new IllegalArgumentException(
            "cannot make a catalog: block " + block + " after " + before);
      }
    }
  }

  /// The metas by the versions that they were read from. Entries without an ETag are left out,
  /// because a size alone does not identify an object's content.
  public Map<ObjectVersion, BlockMeta> metas() {
    Map<ObjectVersion, BlockMeta> out = new HashMap<>();
    for (Entry e : entries) {
      if (!e.version().etag().isEmpty()) {
        out.put(e.version(), e.meta());
      }
    }
    return out;
  }
}
