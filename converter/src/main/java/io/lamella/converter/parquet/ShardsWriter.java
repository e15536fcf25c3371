package io.lamella.converter.parquet;

import io.lamella.model.Utf8Order;
import io.lamella.storage.block.BlockHead;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Writes rows, in the order of the sort key, to as many shards as [WriteSettings.ShardSizes]
/// demands: all rows of a block, or those of one part of it. Parts are disjoint ranges of the sort
/// key that are written in parallel, each by one thread.
///
///     writer.add(row) …; writer.endRows(); ShardsWriter.finish(parts, head)
public final class ShardsWriter implements AutoCloseable {
  private final Path directory;
  private final String part;
  private final BlockLayout layout;
  private final WriteSettings settings;
  private final Symbols symbols;
  private final int[] keyNames;
  private final DictionarySize dictionaries;
  private final List<ShardWriter> shards = new ArrayList<>();
  private int[] lastKey = {};
  private List<String> key = List.of();
  private boolean open;

  /// @param directory for the files
  /// @param part a text that no other part in this directory has, for names of temporary files
  /// @param symbols all label names and values that will occur
  public ShardsWriter(
      Path directory, String part, BlockLayout layout, WriteSettings settings, Symbols symbols) {
    this.directory = directory;
    this.part = part;
    this.layout = layout;
    this.settings = settings;
    this.symbols = symbols;
    this.dictionaries = new DictionarySize(symbols);
    this.keyNames = layout.sortKey().labels().stream().mapToInt(l -> find(symbols, l)).toArray();
  }

  /// The number of a string; −1 where it does not occur.
  private static int find(Symbols symbols, String s) {
    int low = 0;
    int high = symbols.size() - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      int c = Utf8Order.compare(symbols.value(mid), s);
      if (c == 0) {
        return mid;
      }
      low = c < 0 ? mid + 1 : low;
      high = c < 0 ? high : mid - 1;
    }
    return -1;
  }

  /// Adds the next row; its arrays are copied.
  public void add(SeriesRow row) throws IOException {
    int[] rowKey = key(row.labels);
    boolean isNewRun = !Arrays.equals(rowKey, lastKey);
    if (isNewRun) {
      lastKey = rowKey;
      key = values(rowKey);
    }
    if (open && shards.getLast().endsBefore(row, isNewRun)) {
      endRows();
    }
    if (!open) {
      shards.add(
          ShardWriter.create(
              directory, part + "-" + shards.size(), layout, settings, symbols, dictionaries));
      open = true;
    }
    shards.getLast().add(row, key, isNewRun);
  }

  private int[] key(int[] pairs) {
    int[] out = new int[keyNames.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = -1;
      for (int i = 0; i < pairs.length; i += 2) {
        if (pairs[i] == keyNames[k]) {
          out[k] = pairs[i + 1];
        }
      }
    }
    return out;
  }

  private List<String> values(int[] rowKey) {
    List<String> out = new ArrayList<>();
    for (int value : rowKey) {
      out.add(value < 0 ? "" : symbols.value(value));
    }
    return List.copyOf(out);
  }

  /// Notes that the row added last has chunk encodings beyond 1–3, which Go readers refuse.
  public void markNewEncodings() {
    shards.getLast().markNewEncodings();
  }

  /// Ends the current shard: all pages are written, and the rows are no longer in memory. A further
  /// row begins another one.
  public void endRows() throws IOException {
    if (open) {
      shards.getLast().endRows();
      open = false;
    }
  }

  /// Writes footers and manifests of a block.
  ///
  /// @param parts in the order of their rows; all rows have ended
  /// @param head of the block, with the counts of all parts
  /// @return the shards; the files are in the directory by their [names without the digest's
  ///   directory][BlockNames#fileName]; none where there were no rows
  public static List<BlockMeta.Shard> finish(List<ShardsWriter> parts, BlockHead head)
      throws IOException {
    List<ShardWriter> all = parts.stream().flatMap(p -> p.shards.stream()).toList();
    List<BlockMeta.Shard> out = new ArrayList<>();
    for (ShardWriter s : all) {
      out.add(s.finish(head, out.size(), all.size()));
    }
    return out.isEmpty() ? out : BlockNames.inDigestDirectory(out);
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (ShardWriter s : shards) {
      try {
        s.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
