package io.lamella.storage.block.verify;

import io.lamella.storage.block.read.ThriftMember;
import io.lamella.storage.block.read.ThriftReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads members of a page's header that the decoders do not check.
final class PageHeaderCheck {
  private PageHeaderCheck() {}

  /// The null count in the header of a data page.
  ///
  /// @param page must have been decoded before, so its header is valid
  static int nulls(ByteBuffer page) throws IOException {
    // Headers have tens of bytes; Lamella writes no statistics into them.
    byte[] head = new byte[Math.min(page.remaining(), 4096)];
    page.duplicate().get(head);
    return ThriftMember.require(
            ThriftReader.pageHeader(new ByteArrayInputStream(head)).getData_page_header_v2(),
            "page header")
        .getNum_nulls();
  }
}
