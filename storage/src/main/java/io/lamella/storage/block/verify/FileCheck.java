package io.lamella.storage.block.verify;

import io.lamella.model.Utf8Order;
import io.lamella.storage.block.BlockHead;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockSchema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Compares a file's footer with its block's meta: key/value metadata, columns and their order,
/// number of rows, and the sort order that the row groups declare.
final class FileCheck {
  /// The two files of a shard.
  enum FileKind {
    LABELS,
    CHUNKS
  }

  private FileCheck() {}

  static void compare(
      ShardFile file, BlockMeta meta, BlockMeta.Shard shard, FileKind kind, Findings findings) {
    Map<String, String> expected =
        Map.of(
            BlockSchema.MIN_TIME_KEY, Long.toString(meta.minTimeMillis()),
            BlockSchema.MAX_TIME_KEY, Long.toString(meta.maxTimeMillis() - 1),
            BlockSchema.COLUMN_DURATION_KEY, Long.toString(meta.columnMillis()),
            BlockSchema.VERSION_KEY, Integer.toString(BlockMeta.VERSION),
            BlockSchema.SORT_KEY_KEY, meta.sortKey().toString(),
            BlockSchema.SHARD_KEY, Integer.toString(meta.shards().indexOf(shard)),
            BlockSchema.SHARDS_KEY, Integer.toString(meta.shards().size()),
            BlockSchema.BLOCK_KEY,
                new String(BlockMetaJson.writeHead(BlockHead.of(meta)), StandardCharsets.UTF_8));
    expected.forEach((key, value) -> {
      String actual = file.metadata().keyValues().getOrDefault(key, "");
      if (!actual.equals(value)) {
        findings.add(
            file.name(), "metadata=" + key, "\"" + actual + "\", meta.json says \"" + value + "\"");
      }
    });
    if (file.metadata().rows() != shard.rows()
        || file.metadata().rowGroups().size() != shard.rowGroups()) {
      findings.add(
          file.name(),
          "",
          file.metadata().rows()
              + " rows in "
              + file.metadata().rowGroups().size()
              + " row groups, meta.json says "
              + shard.rows()
              + " in "
              + shard.rowGroups());
    }
    columns(file, meta, kind, findings);
    sorting(file, meta, kind, findings);
  }

  private static void columns(ShardFile file, BlockMeta meta, FileKind kind, Findings findings) {
    List<String> expected = new ArrayList<>();
    if (kind == FileKind.CHUNKS) {
      for (int c = 0; c < RowSamples.columns(meta); c++) {
        expected.add(BlockSchema.dataColumn(c));
      }
    } else {
      file.metadata().columns().stream()
          .filter(c -> c.startsWith(BlockSchema.LABEL_PREFIX))
          .forEach(expected::add);
      expected.add(BlockSchema.COLUMN_NUMBERS);
      expected.add(BlockSchema.FIRST_TIME);
      expected.add(BlockSchema.LAST_TIME);
      expected.add(BlockSchema.SERIES_HASH);
      expected.addAll(
          StatisticsColumns.expected(file.metadata().columns(), RowSamples.columns(meta)));
    }
    expected.sort(Utf8Order.COMPARATOR);
    if (!file.metadata().columns().equals(expected)) {
      findings.add(
          file.name(), "", "columns " + file.metadata().columns() + ", expected " + expected);
    }
  }

  private static void sorting(ShardFile file, BlockMeta meta, FileKind kind, Findings findings) {
    List<Integer> expected = new ArrayList<>();
    if (kind == FileKind.LABELS) {
      for (String label : meta.sortKey().labels()) {
        int leaf = file.metadata().columns().indexOf(BlockSchema.labelColumn(label));
        if (leaf >= 0) {
          expected.add(leaf);
        }
      }
    }
    for (int g = 0; g < file.metadata().rowGroups().size(); g++) {
      if (!file.columnFooter().sortedBy(g).equals(expected)) {
        findings.add(
            file.name(),
            "row_group=" + g,
            "sorted by columns " + file.columnFooter().sortedBy(g) + ", expected " + expected);
      }
    }
  }
}
