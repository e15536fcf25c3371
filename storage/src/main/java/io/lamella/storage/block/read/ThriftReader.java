package io.lamella.storage.block.read;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import shaded.parquet.org.apache.thrift.protocol.TList;
import shaded.parquet.org.apache.thrift.protocol.TStruct;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;
import shaded.parquet.org.apache.thrift.transport.TTransport;

/// Reads Parquet's Thrift structures from untrusted bytes. A structure states the lengths of its
/// lists and texts, and memory is allocated for them before they are read: a length beyond the
/// bytes that are there is an error. Parquet's own reader allows 100 MB whatever the input. A byte
/// may still become an object, so what a structure takes in memory has a limit, too.
///
/// The stream's position is after the structure then.
public final class ThriftReader {
  /// What a byte of a structure takes in memory, at most: an empty text is one byte.
  public static final int MEMORY_PER_BYTE = 72;

  private static final long MAX_MEMORY = Runtime.getRuntime().maxMemory() / 8;
  private static final int REFERENCE_BYTES = 8;
  private static final int OBJECT_BYTES = 64;

  private ThriftReader() {}

  /// Counts the memory of what is read.
  private static final class CountingProtocol extends TCompactProtocol {
    private long left;

    CountingProtocol(TTransport in, long maxMemory) {
      super(in);
      this.left = maxMemory;
    }

    private void take(long bytes) throws TException {
      left -= bytes;
      if (left < 0) {
        throw new TException(
            "it takes too much memory with this heap, of which it may take an eighth");
      }
    }

    @Override
    public TStruct readStructBegin() throws TException {
      take(OBJECT_BYTES);
      return super.readStructBegin();
    }

    @Override
    public TList readListBegin() throws TException {
      TList list = super.readListBegin();
      take(OBJECT_BYTES + (long) REFERENCE_BYTES * list.size);
      return list;
    }

    @Override
    public String readString() throws TException {
      String text = super.readString();
      take(OBJECT_BYTES + 2L * text.length());
      return text;
    }

    @Override
    public ByteBuffer readBinary() throws TException {
      ByteBuffer bytes = super.readBinary();
      take(OBJECT_BYTES + bytes.remaining());
      return bytes;
    }
  }

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
    return read(empty, in, MAX_MEMORY);
  }

  /// @param maxMemory of the result
  static <T extends TBase<?, ?>> T read(T empty, ByteArrayInputStream in, long maxMemory)
      throws IOException {
    TConfiguration limits =
        new TConfiguration(
            Math.max(1, in.available()),
            TConfiguration.DEFAULT_MAX_FRAME_SIZE,
            TConfiguration.DEFAULT_RECURSION_DEPTH);
    try {
      empty.read(
          new InterningProtocol(
              new CountingProtocol(new TIOStreamTransport(limits, in), maxMemory)));
      return empty;
    } catch (TException e) {
      throw new IOException(
          "cannot parse " + empty.getClass().getSimpleName() + ": " + e.getMessage(), e);
    }
  }
}
