package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.CorruptBlockException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.junit.jupiter.api.Test;

/// The contract of every decoder of data pages: it decodes values that parquet-java's writer
/// encoded as parquet-java's reader does, and reports any damage as a [CorruptBlockException].
abstract class PageDecoderContract<T> {
  private static final long SEED = 20261126;

  /// Values of a column, so many, of all shapes.
  abstract List<T> values(int rows, Random random);

  abstract Encoding encoding();

  /// The body that parquet-java's writer makes.
  abstract byte[] encode(List<T> values);

  /// The values that parquet-java's reader reads from a sound body.
  abstract List<T> reference(byte[] body, int rows) throws Exception;

  /// Our decoder.
  abstract List<T> decode(ByteBuffer page, int rows) throws CorruptBlockException;

  private ByteBuffer page(int rows, byte[] body) {
    return EncodedPage.data(rows, encoding(), body);
  }

  private ByteBuffer page(int rows, byte[] body, Consumer<PageHeader> change) {
    return EncodedPage.data(rows, encoding(), new byte[0], body, change);
  }

  @Test
  void valuesAreDecodedAsByParquetJava() throws Exception {
    for (int run = 0; run < 300; run++) {
      long seed = SEED + run;
      Random random = new Random(seed);
      int rows = 1 + random.nextInt(run % 10 == 0 ? 5000 : 300);
      List<T> values = values(rows, random);
      byte[] body = encode(values);

      List<T> decoded = decode(page(rows, body), rows);

      assertEquals(text(values), text(decoded), "seed " + seed);
      assertEquals(text(reference(body, rows)), text(decoded), "seed " + seed);
    }
  }

  private List<String> text(List<T> values) {
    return values.stream().map(v -> v instanceof byte[] b ? Arrays.toString(b) : "" + v).toList();
  }

  @Test
  void aPageInADirectBufferIsReadToo() throws Exception {
    List<T> values = values(50, new Random(SEED));
    ByteBuffer page = page(50, encode(values));
    ByteBuffer direct = ByteBuffer.allocateDirect(page.remaining()).put(page).flip();

    assertEquals(text(values), text(decode(direct, 50)));
    assertEquals(0, direct.position());
  }

  @Test
  void everyTruncatedBodyIsReportedAsCorrupt() {
    Random random = new Random(SEED);
    int rows = 200;
    byte[] body = encode(values(rows, random));
    for (int n = 0; n < body.length; n += 1 + body.length / 500) {
      byte[] cut = Arrays.copyOf(body, n);
      assertThrows(CorruptBlockException.class, () -> decode(page(rows, cut), rows), "at " + n);
    }
    byte[] longer = Arrays.copyOf(body, body.length + 1);
    assertThrows(CorruptBlockException.class, () -> decode(page(rows, longer), rows));
  }

  /// The checksum is computed after the bit was flipped, so the decoder may return other values. It
  /// must return values or fail with a [CorruptBlockException].
  @Test
  void flippedBitsUnderAValidChecksumAreDecodedOrReportedAsCorrupt() {
    Random random = new Random(SEED);
    int rows = 200;
    byte[] body = encode(values(rows, random));
    for (int i = 0; i < 4000; i++) {
      byte[] flipped = body.clone();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        // The lengths stand in front.
        int at = random.nextInt(random.nextBoolean() ? body.length : Math.min(body.length, 24));
        flipped[at] ^= (byte) (1 << random.nextInt(8));
      }
      String where = "seed " + SEED + ", body " + i + " " + Arrays.toString(flipped);
      try {
        assertEquals(rows, decode(page(rows, flipped), rows).size(), where);
      } catch (CorruptBlockException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("[object=there]"), where);
      } catch (RuntimeException e) {
        throw new AssertionError(where, e);
      }
    }
  }

  @Test
  void bodiesOfRandomBytesAreDecodedOrReportedAsCorrupt() {
    Random random = new Random(SEED);
    for (int i = 0; i < 4000; i++) {
      byte[] body = new byte[random.nextInt(64)];
      random.nextBytes(body);
      int rows = 1 + random.nextInt(1000);
      String where = "seed " + SEED + ", body " + i + " " + Arrays.toString(body);
      try {
        assertEquals(rows, decode(page(rows, body), rows).size(), where);
      } catch (CorruptBlockException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("cannot decode page"), where);
      } catch (RuntimeException e) {
        throw new AssertionError(where, e);
      }
    }
  }

  @Test
  void everyFlippedBitOfAPageIsFoundByTheChecksumOrTheHeader() {
    Random random = new Random(SEED);
    List<T> values = values(60, random);
    byte[] page = page(60, encode(values)).array();
    for (int bit = 0; bit < 8 * page.length; bit++) {
      byte[] flipped = page.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      try {
        // What no reader uses, the count of nulls for one, may be anything.
        assertEquals(text(values), text(decode(ByteBuffer.wrap(flipped), 60)), "bit " + bit);
      } catch (CorruptBlockException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("cannot decode page"));
      }
    }
  }

  @Test
  void aHeaderThatContradictsThePageIsReportedAsCorrupt() {
    byte[] body = encode(values(100, new Random(SEED)));
    List<Consumer<PageHeader>> wrong =
        List.of(
            h -> h.unsetCrc(),
            h -> h.setCrc(h.getCrc() ^ 1),
            h -> h.setType(PageType.DATA_PAGE),
            h -> h.setType(PageType.DICTIONARY_PAGE),
            h -> h.unsetData_page_header_v2(),
            h -> h.setCompressed_page_size(h.getCompressed_page_size() + 1),
            h -> h.setUncompressed_page_size(h.getUncompressed_page_size() + 1),
            h -> h.setUncompressed_page_size(Integer.MAX_VALUE),
            h -> h.setUncompressed_page_size(-1),
            h -> h.getData_page_header_v2().setEncoding(Encoding.PLAIN),
            h -> h.getData_page_header_v2().setNum_rows(99),
            h -> h.getData_page_header_v2().setNum_values(101),
            h -> h.getData_page_header_v2().setRepetition_levels_byte_length(1),
            h -> h.getData_page_header_v2().setDefinition_levels_byte_length(1),
            h -> h.getData_page_header_v2().setDefinition_levels_byte_length(-1),
            h -> h.getData_page_header_v2().setDefinition_levels_byte_length(1 << 30),
            h -> h.getData_page_header_v2().setIs_compressed(false));
    assertDoesNotThrow(() -> decode(page(100, body), 100));
    for (int i = 0; i < wrong.size(); i++) {
      ByteBuffer page = page(100, body, wrong.get(i));
      assertThrows(CorruptBlockException.class, () -> decode(page, 100), "header " + i);
    }
    assertThrows(CorruptBlockException.class, () -> decode(page(100, body), 101));
    assertThrows(CorruptBlockException.class, () -> decode(page(101, body), 101));
  }
}
