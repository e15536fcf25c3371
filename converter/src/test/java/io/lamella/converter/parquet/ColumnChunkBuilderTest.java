package io.lamella.converter.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;

class ColumnChunkBuilderTest {
  /// The header of a page with this body, and how many bytes follow it.
  private record Page(PageHeader header, int stored) {}

  private static Page page(byte[] body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      ColumnChunkBuilder chunk =
          new ColumnChunkBuilder(new Column("s_series_hash", ColumnKind.HASH), out, zstd);
      chunk.dataPage(1, 0, new byte[0], body, null, null);
    }
    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
    PageHeader header = Util.readPageHeader(in);
    return new Page(header, in.available());
  }

  @Test
  void aPageThatCompressionDoesNotShrinkIsStoredAsItIs() throws IOException {
    Page page = page(new byte[] {1, 2, 3});

    assertFalse(page.header.getData_page_header_v2().isIs_compressed());
    assertEquals(3, page.header.getCompressed_page_size());
    assertEquals(3, page.stored);
  }

  @Test
  void aPageThatCompressionShrinksIsCompressed() throws IOException {
    Page page = page(new byte[1000]);

    assertTrue(page.header.getData_page_header_v2().isIs_compressed());
    assertEquals(1000, page.header.getUncompressed_page_size());
    assertTrue(page.stored < 100);
  }
}
