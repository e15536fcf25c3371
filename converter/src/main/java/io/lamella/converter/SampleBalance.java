package io.lamella.converter;

import io.lamella.converter.schedule.Planner;
import io.lamella.converter.schedule.SourceBlock;
import io.lamella.converter.source.OpenSource;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Compares the samples that were read of each source block, over all of its days, with the number
/// that its meta states. Days that earlier runs published count as well, where the block has not
/// changed since. Thread-safe.
final class SampleBalance {
  private final Map<Ulid, Account> accounts = new HashMap<>();
  private final Map<Ulid, Map<Long, BlockMeta.Input>> published = new HashMap<>();

  private static final class Account {
    final long stated;
    final Set<Long> missing;
    final Map<Long, Long> read = new HashMap<>();

    Account(long stated, Set<Long> missing) {
      this.stated = stated;
      this.missing = missing;
    }
  }

  /// A block of one day that is there already.
  synchronized void published(BlockMeta meta) {
    long day = Math.floorDiv(meta.minTimeMillis(), Planner.DAY_MILLIS);
    for (BlockMeta.Input i : meta.lineage().inputs()) {
      published.computeIfAbsent(i.ulid(), _ -> new HashMap<>()).put(day, i);
    }
  }

  /// A block was opened.
  synchronized void opened(SourceBlock block, OpenSource source) {
    accounts.computeIfAbsent(block.ulid(), _ -> account(block, source));
  }

  private Account account(SourceBlock block, OpenSource source) {
    Account a = new Account(block.files().samples(), new HashSet<>(source.days()));
    published
        .getOrDefault(block.ulid(), Map.of())
        .forEach((day, input) -> {
          if (input.state().equals(block.files().state())) {
            a.read.put(day, input.read());
            a.missing.remove(day);
          }
        });
    return a;
  }

  /// A day was merged.
  ///
  /// @param day number of the day since the epoch
  /// @throws IOException where it is the last day of a block, and its samples do not add up
  synchronized void add(long day, List<BlockMeta.Input> inputs) throws IOException {
    for (BlockMeta.Input i : inputs) {
      Account a = accounts.get(i.ulid());
      if (a == null) {
        continue;
      }
      a.read.put(day, i.read());
      a.missing.remove(day);
      long read = a.read.values().stream().mapToLong(Long::longValue).sum();
      // A meta without statistics states 0.
      if (a.missing.isEmpty() && a.stated > 0 && read != a.stated) {
        throw new IOException(
            "cannot account for the samples of source block "
                + i.ulid()
                + ": "
                + read
                + " read, its meta.json states "
                + a.stated
                + "; look for a damaged block");
      }
    }
  }
}
