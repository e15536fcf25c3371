package io.lamella.storage.block.verify;

import io.lamella.model.Utf8Order;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.BloomFilter;
import io.lamella.storage.block.read.LabelDictionary;
import io.lamella.storage.block.read.LabelPage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// Checks one label column of a row group: its dictionary is sorted and in its Bloom filter, and
/// the null counts and bounds in page index, page headers and footer match its codes.
final class LabelColumnCheck {
  private final ColumnCursor cursor;
  private final FooterCheck.ColumnFooter columnFooter;
  private final Findings findings;
  private final LabelDictionary dictionary;
  private final int leaf;
  private long nulls;

  private LabelColumnCheck(
      ColumnCursor cursor,
      FooterCheck.ColumnFooter columnFooter,
      Findings findings,
      LabelDictionary dictionary,
      int leaf) {
    this.cursor = cursor;
    this.columnFooter = columnFooter;
    this.findings = findings;
    this.dictionary = dictionary;
    this.leaf = leaf;
  }

  /// @param leaf the column's number in the file
  /// @throws CorruptBlockException where the dictionary cannot be read
  static LabelColumnCheck open(
      ColumnCursor cursor, FooterCheck.ColumnFooter columnFooter, int leaf, Findings findings)
      throws IOException {
    if (cursor.pages().dictionary().isEmpty()) {
      throw new CorruptBlockException("no dictionary page");
    }
    LabelDictionary dictionary =
        LabelDictionary.decode(cursor.pages(), cursor.dictionary(), cursor.object());
    String place = "column=" + cursor.name();
    for (int i = 1; i < dictionary.size(); i++) {
      if (Utf8Order.compare(dictionary.value(i - 1), dictionary.value(i)) >= 0) {
        findings.add(
            cursor.object(),
            place,
            "dictionary out of order: \""
                + dictionary.value(i)
                + "\" after \""
                + dictionary.value(i - 1)
                + "\"");
        break;
      }
    }
    if (dictionary.size() > 0) {
      byte[] first = Utf8Order.encode(dictionary.value(0));
      byte[] last = Utf8Order.encode(dictionary.value(dictionary.size() - 1));
      if (!isBetween(first, last, columnFooter.min(), columnFooter.max())) {
        findings.add(
            cursor.object(),
            place,
            "the footer's bounds do not include all values of the dictionary");
      }
    }
    filter(cursor, dictionary, findings);
    return new LabelColumnCheck(cursor, columnFooter, findings, dictionary, leaf);
  }

  /// Checks that the Bloom filter rules no value out.
  private static void filter(ColumnCursor cursor, LabelDictionary dictionary, Findings findings)
      throws IOException {
    String place = "column=" + cursor.name() + " filter";
    try {
      Optional<BloomFilter> filter = cursor.filter();
      for (int i = 0; filter.isPresent() && i < dictionary.size(); i++) {
        String value = dictionary.value(i);
        if (!filter.get().mightContain(BloomFilter.hash(Utf8Order.encode(value)))) {
          findings.add(cursor.object(), place, "the filter lacks \"" + value + "\"");
          return;
        }
      }
    } catch (CorruptBlockException e) {
      findings.addUnreadable(cursor.object(), place, e);
    }
  }

  private static boolean isBetween(
      byte[] low, byte[] high, Optional<byte[]> min, Optional<byte[]> max) {
    return min.isPresent()
        && max.isPresent()
        && Arrays.compareUnsigned(min.get(), low) <= 0
        && Arrays.compareUnsigned(max.get(), high) >= 0;
  }

  int leaf() {
    return leaf;
  }

  String value(int code) {
    return dictionary.value(code);
  }

  /// The codes of a page; empty where no row has the label.
  ///
  /// @throws CorruptBlockException where the page cannot be decoded
  int[] codes(int page) throws IOException {
    ByteBuffer bytes = cursor.page(page);
    int rows = cursor.rows(page);
    int size = dictionary.size();
    int[] codes = LabelPage.decode(cursor.pages(), bytes, rows, dictionary, cursor.object());
    if (dictionary.size() != size) {
      throw new CorruptBlockException("values that are not in the dictionary");
    }
    int absent = 0;
    int min = Integer.MAX_VALUE;
    int max = -1;
    for (int code : codes) {
      if (code == LabelPage.ABSENT) {
        absent++;
      } else {
        min = Math.min(min, code);
        max = Math.max(max, code);
      }
    }
    nulls += absent;
    int stated = PageHeaderCheck.nulls(bytes);
    long indexed = columnFooter.nulls().isEmpty() ? absent : columnFooter.nulls().get(page);
    if (absent != stated || absent != indexed) {
      add(
          page,
          absent
              + " rows without the label; the page's header says "
              + stated
              + ", the page index "
              + indexed);
    }
    if (cursor.pages().isNullPage(page) != (absent == rows)) {
      add(
          page,
          "the page index says "
              + (absent == rows ? "that there are values" : "that there is no value")
              + ", "
              + (rows - absent)
              + " were found");
    }
    if (max >= 0) {
      bounds(page, min, max);
    }
    return absent == rows ? new int[0] : codes;
  }

  private void bounds(int page, int minCode, int maxCode) {
    String low = dictionary.value(minCode);
    String high = dictionary.value(maxCode);
    Optional<byte[]> min = Optional.of(cursor.pages().min(page));
    Optional<byte[]> max = Optional.of(cursor.pages().max(page));
    if (!isBetween(Utf8Order.encode(low), Utf8Order.encode(high), min, max)) {
      add(
          page,
          "the page index's bounds \""
              + Utf8Order.decode(min.get(), 0, min.get().length)
              + "\"..\""
              + Utf8Order.decode(max.get(), 0, max.get().length)
              + "\" do not include \""
              + low
              + "\"..\""
              + high
              + "\"");
    }
  }

  private void add(int page, String what) {
    findings.add(cursor.object(), cursor.place(page), what);
  }

  /// Compares the footer's statistics of the whole column, after its last page.
  void end() {
    if (columnFooter.allNulls() != nulls) {
      findings.add(
          cursor.object(),
          "column=" + cursor.name(),
          nulls + " rows without the label; the footer says " + columnFooter.allNulls());
    }
  }
}
