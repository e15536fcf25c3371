package io.lamella.storage.block.read;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesReader;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayReader;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.io.api.Binary;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Our page decoders and parquet-java's readers on the bodies of pages as the converter writes
/// them: a page of label rows (4,096), or a run's page of a data column. Both give the same arrays.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class PageDecoderBenchmark {
  private static final int ROWS = 4096;

  private static byte[] array(BytesInput encoded) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    encoded.writeAllTo(out);
    return out.toByteArray();
  }

  private static ByteBufferInputStream stream(byte[] page) {
    return ByteBufferInputStream.wrap(ByteBuffer.wrap(page));
  }

  /// DELTA_BINARY_PACKED.
  @State(Scope.Thread)
  public static class Numbers {
    public enum Kind {
      /// Samples of a series: nearly all the same.
      COUNTS,
      /// Times of first samples: a minute's spread.
      TIMES,
      /// Bits of doubles: as wide as deltas get.
      DOUBLES
    }

    @Param public Kind kind = Kind.COUNTS;
    byte[] page = {};

    @Setup
    public void encode() throws IOException {
      Random random = new Random(1);
      DeltaBinaryPackingValuesWriterForLong w =
          new DeltaBinaryPackingValuesWriterForLong(
              1 << 10, 1 << 20, new HeapByteBufferAllocator());
      for (int i = 0; i < ROWS; i++) {
        w.writeLong(
            switch (kind) {
              case COUNTS -> random.nextInt(20) == 0 ? random.nextInt(1440) : 1440;
              case TIMES -> 1_767_312_000_000L + random.nextInt(60_000);
              case DOUBLES -> Double.doubleToRawLongBits(random.nextGaussian() * 1e6);
            });
      }
      page = array(w.getBytes());
    }
  }

  @Benchmark
  public long[] numbersOurs(Numbers n) throws IOException {
    return new DeltaDecoder(n.page, 0, n.page.length).decode(ROWS);
  }

  @Benchmark
  public long[] numbersParquetJava(Numbers n) throws IOException {
    DeltaBinaryPackingValuesReader r = new DeltaBinaryPackingValuesReader();
    r.initFromPage(ROWS, stream(n.page));
    long[] out = new long[ROWS];
    for (int i = 0; i < ROWS; i++) {
      out[i] = r.readLong();
    }
    return out;
  }

  /// DELTA_LENGTH_BYTE_ARRAY.
  @State(Scope.Thread)
  public static class Values {
    /// Rows, and the mean bytes of a value.
    @Param({"4096x8", "170x1100"})
    public String shape = "4096x8";

    int rows;
    byte[] page = {};

    @Setup
    public void encode() throws IOException {
      Random random = new Random(1);
      rows = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
      int length = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
      DeltaLengthByteArrayValuesWriter w =
          new DeltaLengthByteArrayValuesWriter(1 << 16, 1 << 24, new HeapByteBufferAllocator());
      for (int i = 0; i < rows; i++) {
        byte[] value = new byte[length == 8 ? 8 : length / 2 + random.nextInt(length)];
        random.nextBytes(value);
        w.writeBytes(Binary.fromConstantByteArray(value));
      }
      page = array(w.getBytes());
    }
  }

  /// Where each value begins.
  @Benchmark
  public int[] valuesOurs(Values v) throws IOException {
    return ValuePage.starts(v.page, 0, v.rows);
  }

  @Benchmark
  public int[] valuesParquetJava(Values v) throws IOException {
    DeltaLengthByteArrayValuesReader r = new DeltaLengthByteArrayValuesReader();
    r.initFromPage(v.rows, stream(v.page));
    int[] starts = new int[v.rows + 1];
    int total = 0;
    for (int i = 0; i < v.rows; i++) {
      total += r.readBytes().length();
      starts[i + 1] = total;
    }
    for (int i = 0; i <= v.rows; i++) {
      starts[i] += v.page.length - total;
    }
    return starts;
  }

  /// DELTA_BYTE_ARRAY, of values that are often those of the row before.
  @State(Scope.Thread)
  public static class Prefixed {
    byte[] page = {};

    @Setup
    public void encode() throws IOException {
      Random random = new Random(1);
      DeltaByteArrayWriter w =
          new DeltaByteArrayWriter(1 << 16, 1 << 24, new HeapByteBufferAllocator());
      byte[] value = {16, 0, 2, 4, 6, 8, 10, 12, 14};
      for (int i = 0; i < ROWS; i++) {
        if (random.nextInt(8) == 0) {
          value = value.clone();
          value[1 + random.nextInt(8)] = (byte) random.nextInt(60);
        }
        w.writeBytes(Binary.fromConstantByteArray(value));
      }
      page = array(w.getBytes());
    }
  }

  @Benchmark
  public byte[][] prefixedOurs(Prefixed p) throws IOException {
    return PrefixedPage.values(p.page, 0, ROWS);
  }

  @Benchmark
  public byte[][] prefixedParquetJava(Prefixed p) throws IOException {
    DeltaByteArrayReader r = new DeltaByteArrayReader();
    r.initFromPage(ROWS, stream(p.page));
    byte[][] out = new byte[ROWS][];
    for (int i = 0; i < ROWS; i++) {
      out[i] = r.readBytes().getBytes();
    }
    return out;
  }

  /// The RLE / bit-packing hybrid.
  @State(Scope.Thread)
  public static class Codes {
    public enum Kind {
      /// Definition levels: one run.
      LEVELS,
      /// A label of the sort key: long runs.
      SORTED,
      /// A label like `instance`: another code on each row.
      SCATTERED
    }

    @Param public Kind kind = Kind.LEVELS;
    int width;
    byte[] page = {};

    @Setup
    public void encode() throws IOException {
      Random random = new Random(1);
      width = kind == Kind.LEVELS ? 1 : 11;
      RunLengthBitPackingHybridEncoder e =
          new RunLengthBitPackingHybridEncoder(
              width, 1 << 10, 1 << 20, new HeapByteBufferAllocator());
      for (int i = 0; i < ROWS; i++) {
        e.writeInt(
            switch (kind) {
              case LEVELS -> 1;
              case SORTED -> i / 300;
              case SCATTERED -> random.nextInt(1 << 11);
            });
      }
      page = array(e.toBytes());
    }
  }

  @Benchmark
  public int[] codesOurs(Codes c) throws IOException {
    int[] out = new int[ROWS];
    HybridDecoder.decode(c.page, 0, c.page.length, c.width, out, ROWS);
    return out;
  }

  @Benchmark
  public int[] codesParquetJava(Codes c) throws IOException {
    RunLengthBitPackingHybridDecoder d =
        new RunLengthBitPackingHybridDecoder(c.width, new ByteArrayInputStream(c.page));
    int[] out = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      out[i] = d.readInt();
    }
    return out;
  }
}
