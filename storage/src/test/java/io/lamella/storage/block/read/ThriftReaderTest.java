package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.bytes.Varints;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.apache.parquet.format.Encoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// A few bytes state a list or a text of many millions: nothing may be allocated for it.
class ThriftReaderTest {
  private static final int LIST_OF_STRUCTURES = 0xFC;
  private static final int MILLIONS = 100_000_000;

  private static byte[] stating(int... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int b : fields) {
      out.write(b);
    }
    Varints.appendUnsigned(out, MILLIONS);
    out.write(0);
    return out.toByteArray();
  }

  private static void refusedWithoutMemory(Executable read) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThrows(CorruptBlockException.class, read);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < 10_000_000, allocated + " bytes");
  }

  @Test
  void aFooterWithAListThatIsLongerThanItIsRefused() {
    // Field 1 is a number; field 2, the schema, is a list.
    byte[] footer = stating(0x15, 2, 0x19, LIST_OF_STRUCTURES);
    ByteArrayOutputStream tail = new ByteArrayOutputStream();
    tail.writeBytes(footer);
    tail.writeBytes(new byte[] {(byte) footer.length, 0, 0, 0, 'P', 'A', 'R', '1'});

    refusedWithoutMemory(() -> ParquetFileMetadata.parse(tail.toByteArray(), 4, "blocks/B/x"));
    refusedWithoutMemory(() -> ParquetFileMetadata.indexStart(footer, "blocks/B/x"));
  }

  @Test
  void aPageHeaderWithATextThatIsLongerThanThePageIsRefused() {
    // Field 8, the header of a data page, has in its field 8 the statistics, which begin with a
    // text.
    ByteBuffer page = ByteBuffer.wrap(stating(0x8C, 0x8C, 0x18));

    refusedWithoutMemory(() ->
        PageBytes.data(
            EncodedPage.column(false, 1), page, 1, Encoding.DELTA_BINARY_PACKED, "blocks/B/x"));
  }
}
