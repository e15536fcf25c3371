package io.lamella.storage.block.verify;

import io.lamella.storage.block.read.ThriftMember;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.Util;

/// Reads what a page's header states and our decoders do not check.
final class PageHeaderCheck {
  private PageHeaderCheck() {}

  /// The count of nulls that a data page's header states.
  ///
  /// @param page decoded before, so its header can be read
  static int nulls(ByteBuffer page) throws IOException {
    // Headers are tens of bytes; there is no statistics member in ours.
    byte[] head = new byte[Math.min(page.remaining(), 4096)];
    page.duplicate().get(head);
    return ThriftMember.require(
            Util.readPageHeader(new ByteArrayInputStream(head)).getData_page_header_v2(),
            "page header")
        .getNum_nulls();
  }
}
