package io.lamella.storage.block.verify;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockManifest;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Verifies one shard: its three objects, and row by row that labels and chunks match each other
/// and the manifest.
final class ShardVerifier {
  private final ObjectStore store;
  private final BlockMeta meta;
  private final Findings findings;
  private final VerifiedSeriesVisitor visitor;
  private final RowOrder order;
  private Optional<Labels> before;
  private long rows;
  private long chunks;
  private long samples;
  private Optional<RunCheck> runs = Optional.empty();

  /// @param before the labels of the last row of the previous shard
  ShardVerifier(
      ObjectStore store,
      BlockMeta meta,
      Optional<Labels> before,
      VerifiedSeriesVisitor visitor,
      Findings findings) {
    this.store = store;
    this.meta = meta;
    this.before = before;
    this.visitor = visitor;
    this.findings = findings;
    this.order = new RowOrder(meta.sortKey());
  }

  Optional<Labels> lastRow() {
    return before;
  }

  long rows() {
    return rows;
  }

  long chunks() {
    return chunks;
  }

  long samples() {
    return samples;
  }

  void verify(BlockMeta.Shard shard) throws IOException {
    ObjectKey directory = BlockNames.directory(meta.ulid());
    runs = manifest(directory.resolve(shard.manifest().name()), shard.manifest(), shard);
    Optional<ShardFile> labels =
        ShardFile.open(store, directory.resolve(shard.labels().name()), shard.labels(), findings);
    Optional<ShardFile> data =
        ShardFile.open(store, directory.resolve(shard.chunks().name()), shard.chunks(), findings);
    if (labels.isEmpty() || data.isEmpty()) {
      visitor.unreadableRows();
      return;
    }
    FileCheck.compare(labels.get(), meta, shard, FileCheck.FileKind.LABELS, findings);
    FileCheck.compare(data.get(), meta, shard, FileCheck.FileKind.CHUNKS, findings);
    if (!hasSameRowGroups(labels.get().metadata(), data.get())) {
      findings.lose();
      visitor.unreadableRows();
      return;
    }
    RowSamples row = new RowSamples(data.get(), meta, findings);
    for (ParquetFileMetadata.RowGroup group : labels.get().metadata().rowGroups()) {
      rowGroup(labels.get(), group, data.get(), row);
    }
    runs.ifPresent(RunCheck::end);
    chunks = row.chunks();
    samples = row.total();
    String stated =
        data.get().metadata().keyValues().getOrDefault(BlockSchema.NEW_ENCODINGS_KEY, "");
    if (findings.isComplete() && !stated.equals(Boolean.toString(row.newEncodings()))) {
      findings.add(
          data.get().name(),
          "metadata=" + BlockSchema.NEW_ENCODINGS_KEY,
          "\"" + stated + "\", the chunks say " + row.newEncodings());
    }
  }

  private Optional<RunCheck> manifest(ObjectKey key, BlockMeta.Manifest file, BlockMeta.Shard shard)
      throws IOException {
    Optional<ObjectVersion> version = ShardFile.present(store, key, file.size(), findings);
    if (version.isEmpty()) {
      return Optional.empty();
    }
    byte[] bytes = new byte[Math.toIntExact(file.size())];
    store.read(version.get(), new ByteRange(0, file.size())).get(bytes);
    int checksum = BlockManifest.checksum(bytes);
    if (checksum != file.crc32c()) {
      findings.add(
          key.name(),
          "",
          String.format("checksum %08x, meta.json says %08x", checksum, file.crc32c()));
      return Optional.empty();
    }
    try {
      BlockManifest manifest = BlockManifest.decode(bytes, shard, key.name());
      int columns = RowSamples.columns(meta);
      if (manifest.runs().dataColumns() != columns
          || !manifest.runs().labels().equals(meta.sortKey().labels())) {
        findings.add(
            key.name(),
            "",
            manifest.runs().dataColumns()
                + " data columns sorted by "
                + manifest.runs().labels()
                + ", meta.json says "
                + columns
                + " and "
                + meta.sortKey());
        return Optional.empty();
      }
      List<String> first = manifest.runs().key(0);
      List<String> last = manifest.runs().key(manifest.runs().runs() - 1);
      if (!first.equals(shard.firstKey()) || !last.equals(shard.lastKey())) {
        findings.add(
            key.name(),
            "",
            "runs from "
                + first
                + " to "
                + last
                + ", meta.json says "
                + shard.firstKey()
                + " to "
                + shard.lastKey());
      }
      return Optional.of(new RunCheck(manifest.runs(), key.name(), columns, findings));
    } catch (CorruptBlockException e) {
      findings.addUnreadable(key.name(), "", e);
      return Optional.empty();
    }
  }

  /// True where both files have the same row groups, so that they can be read row by row.
  private boolean hasSameRowGroups(ParquetFileMetadata labels, ShardFile data) {
    List<Integer> ours = new ArrayList<>();
    List<Integer> theirs = new ArrayList<>();
    labels.rowGroups().forEach(g -> ours.add(g.rows()));
    data.metadata().rowGroups().forEach(g -> theirs.add(g.rows()));
    if (!ours.equals(theirs)) {
      findings.add(data.name(), "", "row groups of " + theirs + " rows, the labels have " + ours);
      return false;
    }
    boolean there = labels.columns().contains(BlockSchema.COLUMN_NUMBERS);
    there &= labels.columns().contains(BlockSchema.FIRST_TIME);
    there &= labels.columns().contains(BlockSchema.LAST_TIME);
    there &= labels.columns().contains(BlockSchema.SERIES_HASH);
    for (int c = 0; c < RowSamples.columns(meta); c++) {
      there &= data.metadata().columns().contains(BlockSchema.dataColumn(c));
    }
    return there;
  }

  private void rowGroup(
      ShardFile labels, ParquetFileMetadata.RowGroup group, ShardFile data, RowSamples row)
      throws IOException {
    row.open(data.metadata().rowGroups().get(group.number()));
    Optional<LabelGroup> opened = LabelGroup.open(labels, group, findings);
    if (opened.isEmpty()) {
      skip(group.rows(), 0, row);
      return;
    }
    int[] at = {0};
    opened
        .get()
        .forEachPage((page, read) -> {
          int n = opened.get().rows(page);
          if (read.isPresent()) {
            for (int r = 0; r < n; r++) {
              row(read.get(), r, labels.name(), group.firstRow() + at[0] + r, row, at[0] + r);
            }
          } else {
            skip(n, at[0], row);
          }
          at[0] += n;
        });
  }

  /// Checks the chunks of rows whose labels cannot be read.
  private void skip(int count, int from, RowSamples row) throws IOException {
    runs.ifPresent(RunCheck::lose);
    visitor.unreadableRows();
    before = Optional.empty();
    for (int r = 0; r < count; r++) {
      row.read(from + r);
      rows++;
    }
  }

  private void row(
      LabelPageRows read, int in, String object, long number, RowSamples row, int inGroup)
      throws IOException {
    String place = "row=" + number;
    Labels labels = read.labels(in, object, place, findings);
    if (before.isPresent()) {
      int c = order.compare(before.get(), labels);
      if (c == 0) {
        findings.add(object, place, "series " + labels + " occurs twice");
      } else if (c > 0) {
        findings.add(object, place, "series " + labels + " out of order after " + before.get());
      }
    }
    before = Optional.of(labels);
    rows++;
    boolean whole = row.read(inGroup);
    runs.ifPresent(r -> r.add(order.value(labels), row.statistics(), whole));
    if (whole) {
      StatisticsColumns.check(read.statistics(), in, row.statistics(), object, place, findings);
    }
    if (!whole) {
      visitor.unreadableRows();
      return;
    }
    int n = row.samples().size();
    if (n == 0) {
      findings.add(object, place, "series " + labels + " has no sample");
    } else if (row.samples().times()[0] != read.firstTimeMillis(in)
        || row.samples().times()[n - 1] != read.lastTimeMillis(in)) {
      findings.add(
          object,
          place,
          "series "
              + labels
              + " from "
              + read.firstTimeMillis(in)
              + " to "
              + read.lastTimeMillis(in)
              + ", its samples from "
              + row.samples().times()[0]
              + " to "
              + row.samples().times()[n - 1]);
    }
    visitor.series(labels, row.samples());
  }
}
