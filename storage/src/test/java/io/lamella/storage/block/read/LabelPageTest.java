package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Utf8Order;
import io.lamella.storage.block.CorruptBlockException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.plain.PlainValuesWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;

/// Dictionaries and the pages that use them.
class LabelPageTest {
  private static final long SEED = 20261127;
  private static final Encoding CODES = Encoding.RLE_DICTIONARY;

  private static byte[] plain(List<byte[]> values) {
    try (PlainValuesWriter w =
        new PlainValuesWriter(1 << 10, 1 << 20, new HeapByteBufferAllocator())) {
      values.forEach(v -> w.writeBytes(Binary.fromConstantByteArray(v)));
      return EncodedPage.array(w.getBytes());
    }
  }

  private static LabelDictionary dictionary(int values, byte[] body) throws CorruptBlockException {
    return LabelDictionary.decode(
        EncodedPage.column(true, 1), EncodedPage.dictionary(values, body, _ -> {}), "there");
  }

  private static LabelDictionary dictionary(int size) throws CorruptBlockException {
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(("value " + i).getBytes());
    }
    return dictionary(size, plain(values));
  }

  private static byte[] hybrid(int width, int[] values) {
    try (RunLengthBitPackingHybridEncoder e =
        new RunLengthBitPackingHybridEncoder(
            width, 1 << 10, 1 << 20, new HeapByteBufferAllocator())) {
      for (int v : values) {
        e.writeInt(v);
      }
      return EncodedPage.array(e.toBytes());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Codes of rows as the converter writes them: runs and scattered ones, some absent.
  private static int[] codes(int rows, int size, Random random) {
    int[] out = new int[rows];
    int absent = random.nextInt(3);
    for (int i = 0; i < rows; ) {
      int run = random.nextInt(4) == 0 ? 1 + random.nextInt(100) : 1;
      int code = random.nextInt(3) < absent ? LabelPage.ABSENT : random.nextInt(size);
      for (; run > 0 && i < rows; run--) {
        out[i++] = code;
      }
    }
    return out;
  }

  private static byte[] body(int[] codes, int width) {
    int[] present = Arrays.stream(codes).filter(c -> c != LabelPage.ABSENT).toArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (present.length > 0) {
      out.write(width);
      out.writeBytes(hybrid(width, present));
    }
    return out.toByteArray();
  }

  private static byte[] levels(int[] codes) {
    return hybrid(1, Arrays.stream(codes).map(c -> c == LabelPage.ABSENT ? 0 : 1).toArray());
  }

  private static int[] decode(ByteBuffer page, boolean optional, int rows, LabelDictionary d)
      throws CorruptBlockException {
    return LabelPage.decode(EncodedPage.column(optional, rows), page, rows, d, "there");
  }

  private static ByteBuffer page(byte[] levels, byte[] body, int rows) {
    return EncodedPage.data(rows, CODES, levels, body, _ -> {});
  }

  @Test
  void dictionaryValuesAreDecodedUnchanged() throws Exception {
    Random random = new Random(SEED);
    for (int run = 0; run < 100; run++) {
      List<byte[]> values = new ArrayList<>();
      for (int i = random.nextInt(50); i > 0; i--) {
        byte[] value = new byte[random.nextInt(20)];
        random.nextBytes(value);
        values.add(value);
      }
      LabelDictionary d = dictionary(values.size(), plain(values));
      assertEquals(values.size(), d.size());
      for (int i = 0; i < d.size(); i++) {
        assertEquals(
            Utf8Order.decode(values.get(i), 0, values.get(i).length), d.value(i), "run " + run);
      }
    }
  }

  @Test
  void damagedDictionariesAreReportedAsCorrupt() throws Exception {
    byte[] body = plain(List.of("one".getBytes(), new byte[0], "three".getBytes()));
    assertEquals("three", dictionary(3, body).value(2));
    for (int n = 0; n < body.length; n++) {
      byte[] cut = Arrays.copyOf(body, n);
      assertThrows(CorruptBlockException.class, () -> dictionary(3, cut), "at " + n);
    }
    for (int values : new int[] {-1, 0, 2, 4, Integer.MAX_VALUE}) {
      assertThrows(CorruptBlockException.class, () -> dictionary(values, body), "of " + values);
    }
    Random random = new Random(SEED);
    for (int i = 0; i < 2000; i++) {
      byte[] flipped = body.clone();
      flipped[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        assertEquals(3, dictionary(3, flipped).size());
      } catch (CorruptBlockException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("cannot decode dictionary"));
      }
    }
    List<Consumer<PageHeader>> wrong =
        List.of(
            h -> h.unsetCrc(),
            h -> h.setType(PageType.DATA_PAGE_V2),
            h -> h.unsetDictionary_page_header(),
            h -> h.setUncompressed_page_size(1 << 30),
            h -> h.getDictionary_page_header().setEncoding(Encoding.PLAIN_DICTIONARY),
            h -> h.getDictionary_page_header().setNum_values(1 << 30));
    for (int i = 0; i < wrong.size(); i++) {
      ByteBuffer page = EncodedPage.dictionary(3, body, wrong.get(i));
      assertThrows(
          CorruptBlockException.class,
          () -> LabelDictionary.decode(EncodedPage.column(true, 1), page, "there"),
          "header " + i);
    }
  }

  @Test
  void codesAndAbsentRowsAreDecodedUnchanged() throws Exception {
    for (int run = 0; run < 300; run++) {
      long seed = SEED + run;
      Random random = new Random(seed);
      int rows = 1 + random.nextInt(run % 10 == 0 ? 5000 : 300);
      int size = 1 + random.nextInt(1 << random.nextInt(11));
      int width = 32 - Integer.numberOfLeadingZeros(size - 1) + random.nextInt(3);
      int[] codes = codes(rows, size, random);
      LabelDictionary d = dictionary(size);

      int[] read = decode(page(levels(codes), body(codes, width), rows), true, rows, d);
      assertEquals(Arrays.toString(codes), Arrays.toString(read), "seed " + seed);

      int[] whole = Arrays.stream(codes).map(c -> Math.max(c, 0)).toArray();
      int[] required = decode(page(new byte[0], body(whole, width), rows), false, rows, d);
      assertEquals(Arrays.toString(whole), Arrays.toString(required), "seed " + seed);
    }
  }

  @Test
  void hybridRunsAreDecodedAsByParquetJava() throws Exception {
    for (int width = 0; width <= 32; width++) {
      long seed = SEED + width;
      Random random = new Random(seed);
      for (int run = 0; run < 20; run++) {
        int[] values = new int[1 + random.nextInt(400)];
        for (int i = 0; i < values.length; ) {
          int v = width == 0 ? 0 : random.nextInt() >>> (32 - width);
          for (int n = random.nextBoolean() ? 1 : random.nextInt(40);
              n > 0 && i < values.length;
              n--) {
            values[i++] = v;
          }
        }
        byte[] bytes = hybrid(width, values);
        int[] out = new int[values.length];
        HybridDecoder.decode(bytes, 0, bytes.length, width, out, out.length);

        RunLengthBitPackingHybridDecoder reference =
            new RunLengthBitPackingHybridDecoder(width, new ByteArrayInputStream(bytes));
        for (int i = 0; i < values.length; i++) {
          assertEquals(values[i], out[i], "seed " + seed + ", width " + width);
          assertEquals(reference.readInt(), out[i], "seed " + seed + ", width " + width);
        }
      }
    }
  }

  @Test
  void codesBeyondTheDictionaryAreReportedAsCorrupt() throws Exception {
    int[] codes = {0, 1, 2, 3};
    LabelDictionary d = dictionary(3);
    assertThrows(
        CorruptBlockException.class,
        () -> decode(page(levels(codes), body(codes, 2), 4), true, 4, d));
  }

  @Test
  void truncatedAndFlippedPagesAreReportedAsCorruptOrHaveValidCodes() throws Exception {
    Random random = new Random(SEED);
    int rows = 300;
    int size = 40;
    LabelDictionary d = dictionary(size);
    int[] codes = codes(rows, size, random);
    byte[] levels = levels(codes);
    byte[] body = body(codes, 6);
    for (int n = 0; n < body.length; n++) {
      byte[] cut = Arrays.copyOf(body, n);
      assertThrows(
          CorruptBlockException.class, () -> decode(page(levels, cut, rows), true, rows, d));
    }
    for (int n = 0; n < levels.length; n++) {
      byte[] cut = Arrays.copyOf(levels, n);
      assertThrows(CorruptBlockException.class, () -> decode(page(cut, body, rows), true, rows, d));
    }
    for (int i = 0; i < 5000; i++) {
      byte[] l = levels.clone();
      byte[] b = body.clone();
      byte[] which = random.nextBoolean() ? l : b;
      which[random.nextInt(which.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        for (int code : decode(page(l, b, rows), true, rows, d)) {
          assertTrue(code >= LabelPage.ABSENT && code < size);
        }
      } catch (CorruptBlockException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("cannot decode page"));
      }
    }
  }

  @Test
  void pagesThatTheFormatExcludesAreReportedAsCorrupt() throws Exception {
    LabelDictionary d = dictionary(3);
    int[] codes = {0, 1, 2};
    List<Consumer<PageHeader>> wrong =
        List.of(
            h -> h.setType(PageType.DATA_PAGE),
            h -> h.getData_page_header_v2().setEncoding(Encoding.PLAIN),
            h -> h.getData_page_header_v2().setEncoding(Encoding.PLAIN_DICTIONARY));
    for (Consumer<PageHeader> change : wrong) {
      ByteBuffer page = EncodedPage.data(3, CODES, levels(codes), body(codes, 2), change);
      assertThrows(CorruptBlockException.class, () -> decode(page, true, 3, d));
    }
  }

  /// Runs with a stated length that does not fit the page.
  @Test
  void aRunLengthIsCheckedBeforeAnyAllocation() {
    int[] out = new int[10];
    for (String hex :
        List.of("ffffffff7f", "ffffffff0f", "feffffff0f01", "ffffffffffffffffff01", "00", "01")) {
      byte[] bytes = java.util.HexFormat.of().parseHex(hex);
      for (int width : new int[] {0, 1, 32}) {
        try {
          HybridDecoder.decode(bytes, 0, bytes.length, width, out, out.length);
        } catch (IOException e) {
          assertTrue(String.valueOf(e.getMessage()).length() > 5);
        }
      }
    }
    for (int width : new int[] {-1, 33, 127}) {
      assertThrows(IOException.class, () -> HybridDecoder.decode(new byte[9], 0, 9, width, out, 1));
    }
  }
}
