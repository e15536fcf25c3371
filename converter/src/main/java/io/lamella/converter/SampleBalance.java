package io.lamella.converter;

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
/// that its meta states. Days that an earlier run or another process published count with what
/// their metas say, so that the account is the same however the days are divided among runs.
/// Thread-safe.
final class SampleBalance {
  private final Map<Ulid, Account> accounts = new HashMap<>();
  private PublishedReads published = PublishedReads.NONE;

  private static final class Account {
    final long stated;
    final Set<Long> missing;
    final Map<Long, Long> read;

    Account(long stated, Set<Long> missing, Map<Long, Long> read) {
      this.stated = stated;
      this.missing = missing;
      this.read = read;
    }
  }

  /// What is published of the blocks that are opened from now on.
  synchronized void published(PublishedReads reads) {
    published = reads;
  }

  /// A block was opened.
  synchronized void opened(SourceBlock block, OpenSource source) {
    accounts.computeIfAbsent(
        block.ulid(),
        _ -> {
          Map<Long, Long> read = new HashMap<>(published.of(block));
          Set<Long> missing = new HashSet<>(source.days());
          missing.removeAll(read.keySet());
          return new Account(block.files().samples(), missing, read);
        });
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
