package io.lamella.converter;

import io.lamella.converter.schedule.WorkItem;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.BrokenBlock;
import io.lamella.storage.block.read.PublishedBlocks;
import java.util.List;
import java.util.Optional;

/// What the target has of a work item that was planned some time ago.
sealed interface ItemTarget {
  /// Its block is not there.
  record Open() implements ItemTarget {}

  /// Readers see its block, or one of the same rules and sort key that replaces it and has all of
  /// its sources.
  record Done() implements ItemTarget {}

  /// The name of its block is taken, and readers do not see what the item would make.
  record Outdated(String why) implements ItemTarget {}

  /// @param there all blocks of the item's day
  static ItemTarget of(WorkItem item, PublishedBlocks there) {
    Ulid target = item.target();
    Optional<BrokenBlock> broken =
        there.broken().stream().filter(b -> b.block().equals(target)).findFirst();
    if (broken.isPresent()) {
      return new Outdated(broken.get().reason() + "; plan again");
    }
    if (there.metas().stream().noneMatch(m -> m.ulid().equals(target))) {
      return new Open();
    }
    if (there.marked().contains(target)) {
      return new Outdated("block " + target + " is marked for deletion; plan again");
    }
    List<BlockMeta> seen =
        PublishedBlocks.notReplaced(there.unmarked().stream().map(e -> e.meta()).toList());
    return seen.stream().anyMatch(m -> m.ulid().equals(target) || holds(m, item))
        ? new Done()
        : new Outdated(
            "block " + target + " is replaced by one that does not contain it; plan again");
  }

  private static boolean holds(BlockMeta block, WorkItem item) {
    return block.external().equals(item.stream())
        && block.sortKey().equals(item.sortKey())
        && block.lineage().rules().equals(item.lineage().rules())
        && block
            .sourceUlids()
            .containsAll(item.lineage().sources().stream().map(BlockMeta.Source::ulid).toList());
  }
}
