package io.lamella.storage.block.verify;

import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.block.read.ValuePage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads one row group of a labels file, one page of every column at a time.
final class LabelGroup {
  /// The maximum read-ahead of all label columns together.
  private static final int READ_AHEAD_BYTES = 32 << 20;

  private final ShardFile file;
  private final ParquetFileMetadata.RowGroup group;
  private final Findings findings;
  private final List<LabelColumnCheck> labels = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final ColumnPages pages;

  private LabelGroup(ShardFile file, ParquetFileMetadata.RowGroup group, Findings findings) {
    this.file = file;
    this.group = group;
    this.findings = findings;
    this.pages = pages(file.metadata().columns().getFirst());
  }

  private ColumnPages pages(String column) {
    return group.column(column).orElseThrow();
  }

  /// Reads the dictionaries. Where one cannot be read, or the pages of the columns end at different
  /// rows, the result is empty and a finding is added.
  static Optional<LabelGroup> open(
      ShardFile file, ParquetFileMetadata.RowGroup group, Findings findings) throws IOException {
    LabelGroup out = new LabelGroup(file, group, findings);
    return out.openColumns() ? Optional.of(out) : Optional.empty();
  }

  private boolean openColumns() throws IOException {
    boolean readable = true;
    List<String> columns = file.metadata().columns();
    for (int leaf = 0; leaf < columns.size(); leaf++) {
      String name = columns.get(leaf);
      if (!hasSamePageEnds(pages(name))) {
        findings.lose();
        findings.add(file.name(), "column=" + name, "pages end at other rows than those of others");
        return false;
      }
      if (name.startsWith(BlockSchema.LABEL_PREFIX)) {
        try {
          labels.add(LabelColumnCheck.open(cursor(name), columnFooter(name), leaf, findings));
          names.add(name.substring(BlockSchema.LABEL_PREFIX.length()));
        } catch (CorruptBlockException e) {
          findings.addUnreadable(file.name(), "column=" + name + " dictionary", e);
          readable = false;
        }
      }
    }
    return readable;
  }

  private boolean hasSamePageEnds(ColumnPages other) {
    boolean alike = other.pages() == pages.pages();
    for (int p = 0; alike && p < pages.pages(); p++) {
      alike = other.firstRow(p) == pages.firstRow(p);
    }
    return alike;
  }

  private ColumnCursor cursor(String name) {
    int ahead = READ_AHEAD_BYTES / file.metadata().columns().size();
    return new ColumnCursor(file, pages(name), group.firstRow(), ahead);
  }

  private FooterCheck.ColumnFooter columnFooter(String name) {
    return file.columnFooter().column(group.number(), name);
  }

  int pages() {
    return pages.pages();
  }

  int rows(int page) {
    return pages.endRow(page) - pages.firstRow(page);
  }

  /// Calls `rows` for each page, with its rows or, where they cannot be read, with an empty value.
  void forEachPage(PageVisitor rows) throws IOException {
    ValueColumnCheck numbers = plain(BlockSchema.COLUMN_NUMBERS);
    ValueColumnCheck first = plain(BlockSchema.FIRST_TIME);
    ValueColumnCheck last = plain(BlockSchema.LAST_TIME);
    ValueColumnCheck hashes = plain(BlockSchema.SERIES_HASH);
    List<ValueColumnCheck> statistics =
        StatisticsColumns.readable(file.metadata().columns()).stream().map(this::plain).toList();
    boolean whole = true;
    for (int p = 0; p < pages(); p++) {
      boolean readable = true;
      List<LabelPageRows.Values> values = new ArrayList<>();
      for (int c = 0; c < labels.size(); c++) {
        try {
          int[] codes = labels.get(c).codes(p);
          if (codes.length > 0) {
            values.add(new LabelPageRows.Values(names.get(c), labels.get(c), codes));
          }
        } catch (CorruptBlockException e) {
          unreadable(BlockSchema.labelColumn(names.get(c)), p, e);
          readable = false;
        }
      }
      Optional<byte[][]> n = page(numbers, p, ValueColumnCheck::prefixed);
      Optional<long[]> f = page(first, p, ValueColumnCheck::numbers);
      Optional<long[]> l = page(last, p, ValueColumnCheck::numbers);
      Optional<ValuePage> h = page(hashes, p, ValueColumnCheck::values);
      List<long[]> s = new ArrayList<>();
      for (ValueColumnCheck column : statistics) {
        page(column, p, ValueColumnCheck::numbers).ifPresent(s::add);
      }
      readable &= n.isPresent() && f.isPresent() && l.isPresent() && h.isPresent();
      readable &= s.size() == statistics.size();
      whole &= readable;
      rows.page(
          p,
          readable
              ? Optional.of(
                  new LabelPageRows(
                      values,
                      n.orElseThrow(),
                      f.orElseThrow(),
                      l.orElseThrow(),
                      h.orElseThrow(),
                      s))
              : Optional.empty());
    }
    if (whole) {
      labels.forEach(LabelColumnCheck::end);
    }
  }

  /// Receives the rows of one page after another.
  @FunctionalInterface
  interface PageVisitor {
    void page(int page, Optional<LabelPageRows> rows) throws IOException;
  }

  @FunctionalInterface
  private interface PageOf<T> {
    T read(ValueColumnCheck column, int page) throws IOException;
  }

  private <T> Optional<T> page(ValueColumnCheck column, int page, PageOf<T> read)
      throws IOException {
    try {
      return Optional.of(read.read(column, page));
    } catch (CorruptBlockException e) {
      unreadable(column.cursor().name(), page, e);
      return Optional.empty();
    }
  }

  private void unreadable(String column, int page, CorruptBlockException e) {
    findings.addUnreadable(file.name(), cursor(column).place(page), e);
  }

  private ValueColumnCheck plain(String name) {
    return new ValueColumnCheck(cursor(name), columnFooter(name), findings);
  }
}
