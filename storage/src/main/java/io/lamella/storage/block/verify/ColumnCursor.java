package io.lamella.storage.block.verify;

import io.lamella.storage.block.read.BloomFilter;
import io.lamella.storage.block.read.ColumnPages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Reads the pages of one column in one row group, first to last.
final class ColumnCursor {
  private final ShardFile file;
  private final ColumnPages pages;
  private final long firstRow;
  private final ObjectBytes.ReadWindow window;

  /// @param firstRow of the row group, counted from the start of the file
  ColumnCursor(ShardFile file, ColumnPages pages, long firstRow, int aheadBytes) {
    this.file = file;
    this.pages = pages;
    this.firstRow = firstRow;
    this.window = file.bytes().window(pages.range(pages.pages() - 1).end(), aheadBytes);
  }

  ColumnPages pages() {
    return pages;
  }

  String name() {
    return pages.name();
  }

  String object() {
    return file.name();
  }

  ByteBuffer dictionary() throws IOException {
    return ByteBuffer.wrap(file.bytes().array(pages.dictionary().orElseThrow()));
  }

  /// The Bloom filter, if there is one.
  Optional<BloomFilter> filter() throws IOException {
    if (pages.filter().isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer stored = ByteBuffer.wrap(file.bytes().array(pages.filter().get()));
    return Optional.of(BloomFilter.decode(pages, stored, object()));
  }

  /// The bytes of a page; a view that is valid until the next call.
  ByteBuffer page(int page) throws IOException {
    return window.read(pages.range(page));
  }

  int rows(int page) {
    return pages.endRow(page) - pages.firstRow(page);
  }

  /// The position of a page, for findings; rows are counted from the start of the file.
  String place(int page) {
    return "column="
        + pages.name()
        + " page="
        + page
        + " rows=["
        + (firstRow + pages.firstRow(page))
        + ", "
        + (firstRow + pages.endRow(page))
        + ") range="
        + pages.range(page);
  }
}
