package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.CorruptBlockException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.format.BloomFilterHeader;
import org.apache.parquet.format.BoundaryOrder;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;

class BloomFilterTest {
  private static byte[] value(int i) {
    return ("pod-" + i).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[][] values(int count) {
    byte[][] out = new byte[count][];
    for (int i = 0; i < count; i++) {
      out[i] = value(i);
    }
    return out;
  }

  /// A column whose only use is its name in messages.
  private static ColumnPages column() throws Exception {
    ColumnMetaData meta = new ColumnMetaData();
    meta.setType(Type.BYTE_ARRAY);
    meta.setCodec(CompressionCodec.ZSTD);
    return ColumnPages.of(
        "l_pod",
        true,
        meta,
        new ColumnIndex(
            List.of(false),
            List.of(ByteBuffer.allocate(0)),
            List.of(ByteBuffer.allocate(0)),
            BoundaryOrder.UNORDERED),
        new OffsetIndex(List.of(new PageLocation(4, 10, 0))),
        1,
        100);
  }

  @Test
  void valuesThatOccurAreFoundAndFewOthers() throws Exception {
    for (int count : new int[] {0, 1, 25, 26, 5000}) {
      BloomFilter filter =
          BloomFilter.decode(
              column(), ByteBuffer.wrap(BloomFilter.of(values(count)).encode()), "x");
      for (int i = 0; i < count; i++) {
        assertTrue(filter.mightContain(BloomFilter.hash(value(i))), count + " " + i);
      }
      int wrong = 0;
      for (int i = count; i < count + 20_000; i++) {
        wrong += filter.mightContain(BloomFilter.hash(value(i))) ? 1 : 0;
      }
      assertTrue(wrong <= 400, wrong + " of 20000 with " + count);
    }
  }

  @Test
  void theBitsAreThoseOfParquetJava() throws Exception {
    // As many values as take the 1,024 bytes of a power of two, the only sizes that it writes.
    byte[][] values = values(819);
    BlockSplitBloomFilter theirs = new BlockSplitBloomFilter(1024);
    for (byte[] v : values) {
      theirs.insertHash(theirs.hash(Binary.fromConstantByteArray(v)));
    }

    byte[] stored = BloomFilter.of(values).encode();

    ByteArrayInputStream in = new ByteArrayInputStream(stored);
    BloomFilterHeader header = Util.readBloomFilterHeader(in);
    assertEquals(1024, header.getNumBytes());
    byte[] bits = in.readNBytes(1024);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    theirs.writeTo(expected);
    assertEquals(Arrays.toString(expected.toByteArray()), Arrays.toString(bits));
    assertEquals(BloomFilter.CHECKSUM_BYTES, in.available());
  }

  @Test
  void everyDamageIsFound() throws Exception {
    byte[] stored = BloomFilter.of(values(20)).encode();
    for (int i = 0; i < 8 * stored.length; i++) {
      byte[] damaged = stored.clone();
      damaged[i / 8] ^= (byte) (1 << i % 8);
      CorruptBlockException e =
          assertThrows(
              CorruptBlockException.class,
              () -> BloomFilter.decode(column(), ByteBuffer.wrap(damaged), "blocks/B/x"));
      assertTrue(String.valueOf(e.getMessage()).contains("\"l_pod\""), e.getMessage());
    }
    for (int n = 0; n < stored.length; n++) {
      ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(stored, n));
      assertThrows(
          CorruptBlockException.class, () -> BloomFilter.decode(column(), cut, "blocks/B/x"));
    }
  }

  @Test
  void aHeaderThatStatesOtherBytesThanThereAreIsRefused() throws Exception {
    byte[] two = BloomFilter.of(values(50)).encode();
    byte[] one = Arrays.copyOf(two, two.length - 32);
    CRC32C crc = new CRC32C();
    crc.update(one, 0, one.length - 4);
    ByteBuffer.wrap(one)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(one.length - 4, (int) crc.getValue());

    assertThrows(
        CorruptBlockException.class,
        () -> BloomFilter.decode(column(), ByteBuffer.wrap(one), "blocks/B/x"));
  }
}
