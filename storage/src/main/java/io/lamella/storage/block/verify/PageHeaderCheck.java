package io.lamella.storage.block.verify;

import io.lamella.storage.block.BlockSchema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

/// What a page's header says, where readers of ours are more lenient than the format: they also
/// read what other writers make.
final class PageHeaderCheck {
  private PageHeaderCheck() {}

  private static PageHeader header(ByteBuffer page) throws IOException {
    // Headers are tens of bytes; there is no statistics member in ours.
    byte[] head = new byte[Math.min(page.remaining(), 4096)];
    page.duplicate().get(head);
    return Util.readPageHeader(new ByteArrayInputStream(head));
  }

  /// The count of nulls that a data page's header states.
  ///
  /// @param page decoded before, so its header can be read
  static int nulls(ByteBuffer page, String column, String object, String place, Findings findings)
      throws IOException {
    PageHeader h = header(page);
    DataPageHeaderV2 v2 = h.getData_page_header_v2();
    if (h.getType() != PageType.DATA_PAGE_V2 || v2 == null) {
      findings.add(object, place, "page type " + h.getType() + ", expected DATA_PAGE_V2");
      return 0;
    }
    if (v2.getEncoding() != encoding(column)) {
      findings.add(
          object, place, "encoding " + v2.getEncoding() + ", expected " + encoding(column));
    }
    return v2.getNum_nulls();
  }

  private static Encoding encoding(String column) {
    if (column.startsWith(BlockSchema.LABEL_PREFIX)) {
      return Encoding.RLE_DICTIONARY;
    }
    return switch (column) {
      case BlockSchema.COLUMN_NUMBERS -> Encoding.DELTA_BYTE_ARRAY;
      case BlockSchema.FIRST_TIME, BlockSchema.LAST_TIME -> Encoding.DELTA_BINARY_PACKED;
      default ->
          RowStatistics.isOne(column)
              ? Encoding.DELTA_BINARY_PACKED
              : Encoding.DELTA_LENGTH_BYTE_ARRAY;
    };
  }
}
