package io.lamella.storage.block.verify;

import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.NumberPage;
import io.lamella.storage.block.read.PrefixedPage;
import io.lamella.storage.block.read.ValuePage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Checks one column of a row group in which every row has a value: all null counts are 0, and the
/// bounds are those of its numbers, or empty where values are bytes.
record ValueColumnCheck(
    ColumnCursor cursor, FooterCheck.ColumnFooter columnFooter, Findings findings) {
  long[] numbers(int page) throws IOException {
    ByteBuffer bytes = cursor.page(page);
    long[] out = NumberPage.decode(cursor.pages(), bytes, cursor.rows(page), cursor.object());
    nulls(bytes, page);
    ColumnPages pages = cursor.pages();
    if (pages.isFloats()) {
      floatBounds(out, page);
      return out;
    }
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (long v : out) {
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    if (!isNumber(pages.min(page), min) || !isNumber(pages.max(page), max)) {
      add(page, "the page index's bounds are not " + min + " and " + max);
    }
    return out;
  }

  /// A bound of zero is −0 as minimum and 0 as maximum.
  private void floatBounds(long[] bits, int page) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (long b : bits) {
      min = Math.min(min, Double.longBitsToDouble(b));
      max = Math.max(max, Double.longBitsToDouble(b));
    }
    long low = Double.doubleToRawLongBits(min == 0 ? -0.0 : min);
    long high = Double.doubleToRawLongBits(max == 0 ? 0.0 : max);
    ColumnPages pages = cursor.pages();
    if (!isNumber(pages.min(page), low) || !isNumber(pages.max(page), high)) {
      add(page, "the page index's bounds are not " + min + " and " + max);
    }
  }

  private static boolean isNumber(byte[] bound, long v) {
    return bound.length == 8
        && ByteBuffer.wrap(bound).order(ByteOrder.LITTLE_ENDIAN).getLong() == v;
  }

  ValuePage values(int page) throws IOException {
    ByteBuffer bytes = cursor.page(page);
    ValuePage out = ValuePage.decode(cursor.pages(), bytes, cursor.rows(page), cursor.object());
    nulls(bytes, page);
    noBounds(page);
    return out;
  }

  byte[][] prefixed(int page) throws IOException {
    ByteBuffer bytes = cursor.page(page);
    byte[][] out = PrefixedPage.decode(cursor.pages(), bytes, cursor.rows(page), cursor.object());
    nulls(bytes, page);
    noBounds(page);
    return out;
  }

  private void nulls(ByteBuffer bytes, int page) throws IOException {
    int stated = PageHeaderCheck.nulls(bytes);
    long indexed = columnFooter.nulls().isEmpty() ? 0 : columnFooter.nulls().get(page);
    if (stated != 0
        || indexed != 0
        || columnFooter.allNulls() != 0
        || cursor.pages().isNullPage(page)) {
      add(page, "rows without a value are counted where every row has one");
    }
  }

  private void noBounds(int page) {
    if (cursor.pages().min(page).length > 0 || cursor.pages().max(page).length > 0) {
      add(page, "the page index has bounds where there must be none");
    }
  }

  private void add(int page, String what) {
    findings.add(cursor.object(), cursor.place(page), what);
  }
}
