package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.bytes.Varints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.format.Encoding;
import org.junit.jupiter.api.Test;

/// DELTA_BINARY_PACKED numbers.
class NumberPageTest extends PageDecoderContract<Long> {
  @Override
  List<Long> values(int rows, Random random) {
    // From constants to all 64 bits.
    int bits = random.nextInt(65);
    long base = random.nextLong();
    List<Long> out = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      out.add(bits == 0 ? base : base + (random.nextLong() >>> (64 - bits)));
    }
    return out;
  }

  @Override
  Encoding encoding() {
    return Encoding.DELTA_BINARY_PACKED;
  }

  @Override
  byte[] encode(List<Long> values) {
    return encode(values, 128, 4);
  }

  private static byte[] encode(List<Long> values, int block, int miniblocks) {
    try (DeltaBinaryPackingValuesWriterForLong w =
        new DeltaBinaryPackingValuesWriterForLong(
            block, miniblocks, 1 << 10, 1 << 20, new HeapByteBufferAllocator())) {
      values.forEach(w::writeLong);
      return EncodedPage.array(w.getBytes());
    }
  }

  @Override
  List<Long> reference(byte[] body, int rows) throws IOException {
    DeltaBinaryPackingValuesReader r = new DeltaBinaryPackingValuesReader();
    r.initFromPage(rows, ByteBufferInputStream.wrap(ByteBuffer.wrap(body)));
    List<Long> out = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      out.add(r.readLong());
    }
    return out;
  }

  @Override
  List<Long> decode(ByteBuffer page, int rows) throws CorruptBlockException {
    return Arrays.stream(NumberPage.decode(EncodedPage.column(false, rows), page, rows, "there"))
        .boxed()
        .toList();
  }

  @Test
  void blocksOfAnyAllowedSizeAreRead() throws Exception {
    Random random = new Random(7);
    for (int block : new int[] {128, 256, 1024}) {
      for (int miniblocks : new int[] {1, 2, 4}) {
        for (int rows : new int[] {1, 2, 32, 33, 127, 128, 129, 1000}) {
          List<Long> values = values(rows, random);
          ByteBuffer page = EncodedPage.data(rows, encoding(), encode(values, block, miniblocks));
          assertEquals(values, decode(page, rows), block + " " + miniblocks + " " + rows);
        }
      }
    }
  }

  private static byte[] header(long block, long miniblocks, long count) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Varints.appendUnsigned(out, block);
    Varints.appendUnsigned(out, miniblocks);
    Varints.appendUnsigned(out, count);
    Varints.appendSigned(out, 5);
    return out.toByteArray();
  }

  @Test
  void invalidDeltaHeadersAreReportedAsCorrupt() throws Exception {
    assertEquals(List.of(5L), decode(EncodedPage.data(1, encoding(), header(128, 4, 1)), 1));
    for (long[] wrong :
        new long[][] {
          {0, 4, 1},
          {128, 0, 1},
          {100, 4, 1},
          {128, 8, 1},
          {128, 3, 1},
          {1 << 21, 4, 1},
          {-1, 4, 1},
          {128, -1, 1},
          {128, 4, 2},
          {128, 4, -1},
          {128, 4, 1L << 32 | 1},
          {1 << 20, 1024, 1}
        }) {
      byte[] body = header(wrong[0], wrong[1], wrong[2]);
      assertThrows(
          CorruptBlockException.class,
          () -> decode(EncodedPage.data(1, encoding(), body), 1),
          Arrays.toString(wrong));
    }
  }
}
