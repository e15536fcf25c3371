package io.lamella.storage.block.read;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;

/// The bytes of a Parquet footer: the Thrift structure, its length, and the magic.
public final class ParquetFooter {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final int END_BYTES = 4 + MAGIC.length;

  private ParquetFooter() {}

  /// Appends a footer.
  public static void append(FileMetaData footer, ByteArrayOutputStream out) throws IOException {
    int from = out.size();
    Util.writeFileMetaData(footer, out);
    int length = out.size() - from;
    for (int i = 0; i < 4; i++) {
      out.write(length >>> 8 * i);
    }
    out.writeBytes(MAGIC);
  }

  /// The end of a file whose footer lacks a key of the key/value metadata.
  ///
  /// @param tail the page indexes and the footer of a file
  public static byte[] without(String key, byte[] tail) throws IOException {
    byte[] lastEight = Arrays.copyOfRange(tail, tail.length - END_BYTES, tail.length);
    int footerAt =
        Math.toIntExact(tail.length - ParquetFileMetadata.footerLength(lastEight, "footer"));
    FileMetaData footer =
        ThriftReader.footer(
            new ByteArrayInputStream(tail, footerAt, tail.length - END_BYTES - footerAt));
    ThriftMember.require(footer.getKey_value_metadata(), "metadata")
        .removeIf(kv -> key.equals(kv.getKey()));
    ByteArrayOutputStream out = new ByteArrayOutputStream(tail.length);
    out.write(tail, 0, footerAt);
    append(footer, out);
    return out.toByteArray();
  }
}
