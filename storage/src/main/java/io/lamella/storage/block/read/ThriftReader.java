package io.lamella.storage.block.read;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.apache.parquet.format.BloomFilterHeader;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.InterningProtocol;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageHeader;
import shaded.parquet.org.apache.thrift.TBase;
import shaded.parquet.org.apache.thrift.TConfiguration;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;

/// Reads Parquet's Thrift structures from untrusted bytes. A structure states the lengths of its
/// lists and texts, and memory is allocated for them before they are read: a length beyond the
/// bytes that are there is an error. Parquet's own reader allows 100 MB whatever the input.
///
/// The stream's position is after the structure then.
public final class ThriftReader {
  private ThriftReader() {}

  public static FileMetaData footer(ByteArrayInputStream in) throws IOException {
    return read(new FileMetaData(), in);
  }

  public static ColumnIndex columnIndex(ByteArrayInputStream in) throws IOException {
    return read(new ColumnIndex(), in);
  }

  static OffsetIndex offsetIndex(ByteArrayInputStream in) throws IOException {
    return read(new OffsetIndex(), in);
  }

  public static PageHeader pageHeader(ByteArrayInputStream in) throws IOException {
    return read(new PageHeader(), in);
  }

  static BloomFilterHeader bloomFilterHeader(ByteArrayInputStream in) throws IOException {
    return read(new BloomFilterHeader(), in);
  }

  private static <T extends TBase<?, ?>> T read(T empty, ByteArrayInputStream in)
      throws IOException {
    TConfiguration limits =
        new TConfiguration(
            Math.max(1, in.available()),
            TConfiguration.DEFAULT_MAX_FRAME_SIZE,
            TConfiguration.DEFAULT_RECURSION_DEPTH);
    try {
      empty.read(new InterningProtocol(new TCompactProtocol(new TIOStreamTransport(limits, in))));
      return empty;
    } catch (TException e) {
      throw new IOException(
          "cannot parse " + empty.getClass().getSimpleName() + ": " + e.getMessage(), e);
    }
  }
}
