package io.lamella.storage.block.read;

import io.lamella.model.XxHash64;
import io.lamella.storage.block.CorruptBlockException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.apache.parquet.format.BloomFilterAlgorithm;
import org.apache.parquet.format.BloomFilterCompression;
import org.apache.parquet.format.BloomFilterHash;
import org.apache.parquet.format.BloomFilterHeader;
import org.apache.parquet.format.SplitBlockAlgorithm;
import org.apache.parquet.format.Uncompressed;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.XxHash;

/// A split-block Bloom filter over the values of a label column in one row group: it proves that a
/// value does not occur, or says that it might. Source: the Parquet format, BloomFilter.md.
///
/// It is stored as header, bitset and the CRC32C of both, 4 bytes little endian. The checksum is an
/// addition of Lamella and not part of the length that the footer states.
public final class BloomFilter {
  /// Follow the filter in the file.
  public static final int CHECKSUM_BYTES = 4;

  private static final int BLOCK_BYTES = 32;

  /// One value in a hundred that does not occur is taken for one that might.
  private static final int BITS_PER_VALUE = 10;

  /// One odd factor for each of the eight words of a block, from the format's specification.
  private static final int[] SALT = {
    0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31
  };

  private final ByteBuffer bits;

  private BloomFilter(ByteBuffer bits) {
    this.bits = bits.order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A filter that has these values.
  public static BloomFilter of(byte[][] values) {
    long blocks = Math.ceilDiv((long) values.length * BITS_PER_VALUE, 8L * BLOCK_BYTES);
    BloomFilter out =
        new BloomFilter(ByteBuffer.allocate(Math.toIntExact(Math.max(1, blocks) * BLOCK_BYTES)));
    for (byte[] v : values) {
      out.add(hash(v));
    }
    return out;
  }

  /// The hash of a value, as [#mightContain] takes it.
  public static long hash(byte[] value) {
    return XxHash64.hash(value, 0, value.length);
  }

  /// The position of the block that a hash belongs to.
  private int block(long hash) {
    long blocks = bits.capacity() / BLOCK_BYTES;
    return (int) ((hash >>> 32) * blocks >>> 32) * BLOCK_BYTES;
  }

  private static int mask(long hash, int word) {
    return 1 << ((int) hash * SALT[word] >>> 27);
  }

  private void add(long hash) {
    int block = block(hash);
    for (int w = 0; w < SALT.length; w++) {
      int at = block + 4 * w;
      bits.putInt(at, bits.getInt(at) | mask(hash, w));
    }
  }

  /// False where no value with this hash occurs.
  public boolean mightContain(long hash) {
    int block = block(hash);
    for (int w = 0; w < SALT.length; w++) {
      if ((bits.getInt(block + 4 * w) & mask(hash, w)) == 0) {
        return false;
      }
    }
    return true;
  }

  /// The filter as it is stored.
  public byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bits.capacity() + 32);
    try {
      Util.writeBloomFilterHeader(
          new BloomFilterHeader(
              bits.capacity(),
              BloomFilterAlgorithm.BLOCK(new SplitBlockAlgorithm()),
              BloomFilterHash.XXHASH(new XxHash()),
              BloomFilterCompression.UNCOMPRESSED(new Uncompressed())),
          out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.write(bits.array(), 0, bits.capacity());
    ByteBuffer checksum = ByteBuffer.allocate(CHECKSUM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    checksum.putInt(checksum(ByteBuffer.wrap(out.toByteArray())));
    out.writeBytes(checksum.array());
    return out.toByteArray();
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /// A stored filter, which keeps using these bytes.
  ///
  /// @param stored the bytes of [ColumnPages#filter]
  /// @param place the object's name, for messages
  /// @throws CorruptBlockException where the filter is damaged
  public static BloomFilter decode(ColumnPages column, ByteBuffer stored, String place)
      throws CorruptBlockException {
    try {
      int end = stored.remaining() - CHECKSUM_BYTES;
      int stated = stored.slice(end, CHECKSUM_BYTES).order(ByteOrder.LITTLE_ENDIAN).getInt();
      int actual = checksum(stored.slice(0, end));
      if (stated != actual) {
        throw new IOException(String.format("checksum %08x, expected %08x", actual, stated));
      }
      byte[] head = new byte[Math.min(end, 64)];
      stored.slice(0, head.length).get(head);
      ByteArrayInputStream in = new ByteArrayInputStream(head);
      BloomFilterHeader header = ThriftReader.bloomFilterHeader(in);
      int start = head.length - in.available();
      if (header.getNumBytes() != end - start
          || header.getNumBytes() < BLOCK_BYTES
          || header.getNumBytes() % BLOCK_BYTES != 0
          || !ThriftMember.require(header.getAlgorithm(), "algorithm").isSetBLOCK()
          || !ThriftMember.require(header.getHash(), "hash").isSetXXHASH()
          || !ThriftMember.require(header.getCompression(), "compression").isSetUNCOMPRESSED()) {
        throw new IOException("header " + header + " of " + (end - start) + " bytes");
      }
      return new BloomFilter(stored.slice(start, end - start));
    } catch (IOException | RuntimeException e) {
      throw new CorruptBlockException(
          "cannot read the Bloom filter of column \""
              + column.name()
              + "\": "
              + e.getMessage()
              + " [object="
              + place
              + "]",
          e);
    }
  }
}
