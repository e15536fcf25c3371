package io.lamella.converter.parquet;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.parquet.format.ColumnIndex;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;

/// Writes a column index whose null pages every Parquet reader reads in the same way.
///
/// A boolean in a list is one byte of Thrift's compact protocol: 1 for true, and for false 2 by
/// Java's and C++'s libraries, 0 by others. parquet-go reads every value except 0 as true, so it
/// would treat every page as a page of nulls and skip it; parquet-java reads every value except 1
/// as false. All of them read 0 as false.
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
