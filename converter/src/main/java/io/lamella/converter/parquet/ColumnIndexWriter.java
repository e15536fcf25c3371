package io.lamella.converter.parquet;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.parquet.format.ColumnIndex;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;

/// Writes a column index so that every reader sees the same null pages.
///
/// A boolean in a list is one byte of Thrift's compact protocol: 1 for true, and for false 2 by
/// Java's and C++'s libraries, 0 by others. parquet-go takes whatever is not 0 for true, so it
/// would hold every page for one of nulls and skip it; parquet-java takes whatever is not 1 for
/// false. Zero is false to all of them.
final class ColumnIndexWriter {
  private ColumnIndexWriter() {}

  static void write(ColumnIndex index, OutputStream out) throws IOException {
    try {
      index.write(
          new TCompactProtocol(new TIOStreamTransport(out)) {
            @Override
            public void writeBool(boolean b) throws TException {
              writeByte((byte) (b ? 1 : 0));
            }
          });
    } catch (TException e) {
      throw new IOException("cannot write a column index: " + e.getMessage(), e);
    }
  }
}
