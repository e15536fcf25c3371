package io.lamella.storage.block.read;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.Ulid;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The contents of a bucket at the time of one listing.
///
/// @param entries blocks whose metas were read, ascending by ULID, including blocks that others
///   replace; marked blocks only with [PublishedBucket.Scope#ALL]
/// @param marked blocks that are marked for deletion
/// @param broken blocks without a readable meta, ascending by ULID
/// @param unfinished directories without a meta, ascending by ULID
/// @param objects of the blocks in `entries`, as they were listed
public record PublishedBlocks(
    List<Catalog.Entry> entries,
    Set<Ulid> marked,
    List<BrokenBlock> broken,
    List<ListedBlock> unfinished,
    Map<Ulid, BlockObjects> objects) {
  public PublishedBlocks {
    entries = List.copyOf(entries);
    marked = Set.copyOf(marked);
    broken = List.copyOf(broken);
    unfinished = List.copyOf(unfinished);
    objects = Map.copyOf(objects);
  }

  /// Metas of all entries.
  public List<BlockMeta> metas() {
    return entries.stream().map(Catalog.Entry::meta).toList();
  }

  /// Entries that are not marked for deletion, including blocks that others replace.
  public List<Catalog.Entry> unmarked() {
    return entries.stream().filter(e -> !marked.contains(e.meta().ulid())).toList();
  }

  /// The blocks that queries see, by start and then ULID: neither marked nor replaced, nor empty. A
  /// marked block replaces no other block; an empty one does.
  public List<BlockMeta> visible() {
    return notReplaced(unmarked().stream().map(Catalog.Entry::meta).toList()).stream()
        .filter(m -> !m.isEmpty())
        .sorted(Comparator.comparingLong(BlockMeta::minTimeMillis).thenComparing(BlockMeta::ulid))
        .toList();
  }

  /// The given blocks without those that another given block replaces, in their order.
  public static List<BlockMeta> notReplaced(Collection<BlockMeta> blocks) {
    Set<Ulid> replaced = new HashSet<>();
    blocks.forEach(m -> replaced.addAll(m.replaces()));
    return blocks.stream().filter(m -> !replaced.contains(m.ulid())).toList();
  }

  /// The same blocks, for callers that need all of them.
  ///
  /// @throws IOException where a block is broken
  public PublishedBlocks requireReadable() throws IOException {
    if (!broken.isEmpty()) {
      throw new IOException(broken.getFirst().reason());
    }
    return this;
  }
}
