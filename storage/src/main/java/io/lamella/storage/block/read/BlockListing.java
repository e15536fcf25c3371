package io.lamella.storage.block.read;

import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.UncheckedObjectStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Lists a bucket and groups the objects by blocks. A listing is ascending by name, so the objects
/// of a block are consecutive.
///
/// @param limits of all that is listed at once
record BlockListing(ListingCheck.Limits limits) {
  static final BlockListing DEFAULT = new BlockListing(ListingCheck.Limits.DEFAULT);

  /// @param prefixes of names, ascending; no name has two of them
  /// @param each receives each block as soon as all its objects are listed
  List<ListedBlock> list(ObjectStore store, List<String> prefixes, Consumer<ListedBlock> each)
      throws IOException {
    List<ListedBlock> out = new ArrayList<>();
    ListingCheck check = new ListingCheck(limits);
    for (String prefix : prefixes) {
      list(store, prefix, check, out, each);
    }
    return out;
  }

  private static void list(
      ObjectStore store,
      String prefix,
      ListingCheck check,
      List<ListedBlock> out,
      Consumer<ListedBlock> each)
      throws IOException {
    List<ObjectEntry> objects = new ArrayList<>();
    try (Stream<ObjectEntry> entries = store.list(prefix)) {
      entries.forEach(e -> {
        check.next(e.key());
        Optional<Ulid> block = block(e);
        if (block.isPresent()) {
          if (!objects.isEmpty() && !block.equals(block(objects.getFirst()))) {
            add(objects, out, each);
          }
          objects.add(e);
          check.objectOf(block.get(), e.version(), objects.size());
        }
      });
    } catch (UncheckedObjectStoreException e) {
      throw e.reason();
    }
    if (!objects.isEmpty()) {
      add(objects, out, each);
    }
  }

  private static void add(
      List<ObjectEntry> objects, List<ListedBlock> out, Consumer<ListedBlock> each) {
    Ulid block = block(objects.getFirst()).orElseThrow();
    Optional<ObjectVersion> meta =
        objects.stream()
            .map(ObjectEntry::version)
            .filter(v -> v.key().equals(BlockNames.meta(block)))
            .findFirst();
    boolean marked = objects.stream().anyMatch(e -> e.key().equals(BlockNames.deletionMark(block)));
    ListedBlock listed = new ListedBlock(block, meta, marked, objects);
    objects.clear();
    out.add(listed);
    each.accept(listed);
  }

  /// The block that an object belongs to: `blocks/<ULID>/<name>`, where a name may have
  /// directories.
  private static Optional<Ulid> block(ObjectEntry e) {
    String name = e.key().name();
    int from = BlockNames.BLOCKS.length();
    int slash = name.indexOf('/', from);
    return slash >= 0 && Ulid.isUlid(name.substring(from, slash))
        ? Optional.of(Ulid.parse(name.substring(from, slash)))
        : Optional.empty();
  }
}
