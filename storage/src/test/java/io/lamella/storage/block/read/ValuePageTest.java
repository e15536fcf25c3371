package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesReader;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;

/// DELTA_LENGTH_BYTE_ARRAY values.
class ValuePageTest extends PageDecoderContract<byte[]> {
  @Override
  List<byte[]> values(int rows, Random random) {
    int longest = 1 << random.nextInt(9);
    List<byte[]> out = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      byte[] value = new byte[longest == 1 ? 8 : random.nextInt(longest)];
      random.nextBytes(value);
      out.add(value);
    }
    return out;
  }

  private static ByteBuffer stating(int bytes) {
    return EncodedPage.data(
        1,
        Encoding.DELTA_LENGTH_BYTE_ARRAY,
        new byte[0],
        new ValuePageTest().encode(List.of(new byte[1 << 20])),
        h -> h.setUncompressed_page_size(bytes));
  }

  @Test
  void thePageHeaderStatesTheMemoryBeforeItIsAllocated() throws CorruptBlockException {
    ByteBuffer page =
        EncodedPage.data(
            1,
            Encoding.DELTA_LENGTH_BYTE_ARRAY,
            new ValuePageTest().encode(List.of(new byte[1 << 20])));

    assertTrue(page.remaining() < 1000, "it compresses well");
    long bytes = ValuePage.memoryBytes(EncodedPage.column(false, 1), page, 1, "there");
    assertTrue(bytes > 1 << 20 && bytes < (1 << 20) + 1000, () -> "" + bytes);
  }

  @Test
  void aHeaderThatStatesTwoGigabytesIsRefusedByName() {
    CorruptBlockException e =
        assertThrows(
            CorruptBlockException.class,
            () ->
                ValuePage.memoryBytes(
                    EncodedPage.column(false, 1), stating(Integer.MAX_VALUE), 1, "there"));
    assertTrue(e.getMessage().contains("object=there"), e.getMessage());
    assertThrows(
        CorruptBlockException.class,
        () -> ValuePage.memoryBytes(EncodedPage.column(false, 1), stating(-1), 1, "there"));
  }

  @Test
  void aPageThatInflatesToMoreThanItsHeaderStatesIsRefusedByName() {
    CorruptBlockException e =
        assertThrows(
            CorruptBlockException.class,
            () -> ValuePage.decode(EncodedPage.column(false, 1), stating(1000), 1, "there"));
    assertTrue(e.getMessage().contains("object=there"), e.getMessage());
  }

  @Override
  Encoding encoding() {
    return Encoding.DELTA_LENGTH_BYTE_ARRAY;
  }

  @Override
  byte[] encode(List<byte[]> values) {
    try (DeltaLengthByteArrayValuesWriter w =
        new DeltaLengthByteArrayValuesWriter(1 << 10, 1 << 20, new HeapByteBufferAllocator())) {
      values.forEach(v -> w.writeBytes(Binary.fromConstantByteArray(v)));
      return EncodedPage.array(w.getBytes());
    }
  }

  @Override
  List<byte[]> reference(byte[] body, int rows) throws IOException {
    DeltaLengthByteArrayValuesReader r = new DeltaLengthByteArrayValuesReader();
    r.initFromPage(rows, ByteBufferInputStream.wrap(ByteBuffer.wrap(body)));
    List<byte[]> out = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      out.add(r.readBytes().getBytes());
    }
    return out;
  }

  @Override
  List<byte[]> decode(ByteBuffer page, int rows) throws CorruptBlockException {
    ValuePage p = ValuePage.decode(EncodedPage.column(false, rows), page, rows, "there");
    List<byte[]> out = new ArrayList<>();
    for (int i = 0; i < p.rows(); i++) {
      out.add(Arrays.copyOfRange(p.bytes(), p.from(i), p.from(i) + p.length(i)));
    }
    return out;
  }
}
