package io.lamella.storage.block;

import io.lamella.model.Utf8Order;
import io.lamella.storage.bytes.ByteCursor;
import io.lamella.storage.bytes.Varints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The bytes of a [RunDirectory] in a manifest, one property of all runs after another: so they
/// compress well, and decoding fills one array after another. FORMAT.md describes them.
final class RunDirectoryCodec {
  /// The most labels that a sort key has.
  private static final int MAX_LABELS = 8;

  private static final int MAX_DATA_COLUMNS = 1 << 16;

  private RunDirectoryCodec() {}

  static void write(RunDirectory runs, ByteArrayOutputStream out) {
    Varints.appendUnsigned(out, runs.labels().size());
    for (int l = 0; l < runs.labels().size(); l++) {
      text(out, runs.labels().get(l));
      Varints.appendUnsigned(out, runs.values(l).size());
      runs.values(l).forEach(v -> text(out, v));
    }
    Varints.appendUnsigned(out, runs.runs());
    Varints.appendUnsigned(out, runs.dataColumns());
    for (int l = 0; l < runs.labels().size(); l++) {
      int before = 0;
      for (int r = 0; r < runs.runs(); r++) {
        Varints.appendSigned(out, runs.code(l, r) - before);
        before = runs.code(l, r);
      }
    }
    for (int r = 0; r < runs.runs(); r++) {
      Varints.appendUnsigned(out, runs.endRow(r) - runs.firstRow(r));
    }
    for (int c = 0; c < runs.dataColumns(); c++) {
      statistics(out, runs.statistics(c));
    }
  }

  private static void text(ByteArrayOutputStream out, String s) {
    byte[] bytes = Utf8Order.encode(s);
    Varints.appendUnsigned(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void statistics(ByteArrayOutputStream out, RunDirectory.RunStatistics s) {
    int runs = s.samples.length;
    for (int r = 0; r < runs; r++) {
      Varints.appendUnsigned(out, s.samples[r]);
    }
    long before = 0;
    for (int r = 0; r < runs; r++) {
      if (s.samples[r] > 0) {
        Varints.appendSigned(out, s.first[r] - before);
        before = s.first[r];
      }
    }
    for (int r = 0; r < runs; r++) {
      if (s.samples[r] > 0) {
        Varints.appendUnsigned(out, s.last[r] - s.first[r]);
      }
    }
    for (int r = 0; r < runs; r++) {
      if (s.samples[r] > 0) {
        out.write(s.flags[r]);
      }
    }
    for (int r = 0; r < runs; r++) {
      if (s.samples[r] > 0) {
        number(out, bits(s.min[r]));
      }
    }
    for (int r = 0; r < runs; r++) {
      if (s.samples[r] > 0) {
        number(out, bits(s.max[r]) ^ bits(s.min[r]));
      }
    }
  }

  private static long bits(double v) {
    return Double.doubleToRawLongBits(v);
  }

  private static void number(ByteArrayOutputStream out, long bits) {
    for (int i = 0; i < 8; i++) {
      out.write((int) (bits >>> 8 * i));
    }
  }

  /// The bytes of memory that [#read] takes, at most: a byte of the body may take 41, or more than
  /// 60 where values are short.
  ///
  /// @param in is moved behind the counts, where the numbers of the runs begin
  static long memoryBytes(ByteCursor in) throws IOException {
    long bytes = 0;
    int labels = count(in, 1, MAX_LABELS);
    for (int l = 0; l < labels; l++) {
      in.skip(in.unsigned(), "text");
      int count = count(in, 1, in.remaining());
      for (int v = 0; v < count; v++) {
        long length = in.unsigned();
        in.skip(length, "text");
        bytes += RunDirectory.TEXT_BYTES + 2 * length;
      }
    }
    int runs = count(in, 1, in.remaining());
    int columns = count(in, 1, MAX_DATA_COLUMNS);
    return bytes + RunDirectory.runBytes(runs, labels, columns);
  }

  /// Reads the runs at a cursor. A count is compared with the number of bytes left before memory is
  /// allocated for it.
  static RunDirectory read(byte[] body, ByteCursor in) throws IOException {
    int labels = count(in, 1, MAX_LABELS);
    List<String> names = new ArrayList<>();
    List<List<String>> values = new ArrayList<>();
    for (int l = 0; l < labels; l++) {
      names.add(text(body, in));
      int count = count(in, 1, in.remaining());
      List<String> all = new ArrayList<>(count);
      for (int v = 0; v < count; v++) {
        all.add(text(body, in));
      }
      values.add(List.copyOf(all));
    }
    int runs = count(in, 1, in.remaining());
    int columns = count(in, 1, MAX_DATA_COLUMNS);
    if ((long) runs * (labels + 1 + columns) > in.remaining()) {
      throw new IOException(
          runs + " runs in " + columns + " columns with " + in.remaining() + " bytes left");
    }
    int[][] codes = new int[labels][runs];
    for (int l = 0; l < labels; l++) {
      long code = 0;
      for (int r = 0; r < runs; r++) {
        code += in.signed();
        if (code < 0 || code >= values.get(l).size()) {
          throw new IOException("value " + code + " of " + values.get(l).size());
        }
        codes[l][r] = (int) code;
      }
    }
    int[] ends = new int[runs];
    long end = 0;
    for (int r = 0; r < runs; r++) {
      end += count(in, 1, Integer.MAX_VALUE);
      if (end > Integer.MAX_VALUE) {
        throw new IOException(end + " rows");
      }
      ends[r] = (int) end;
    }
    RunDirectory.RunStatistics[] statistics = new RunDirectory.RunStatistics[columns];
    for (int c = 0; c < columns; c++) {
      statistics[c] = statistics(body, in, runs);
    }
    return new RunDirectory(names, values, codes, ends, statistics);
  }

  private static RunDirectory.RunStatistics statistics(byte[] body, ByteCursor in, int runs)
      throws IOException {
    RunDirectory.RunStatistics s = new RunDirectory.RunStatistics(runs);
    for (int r = 0; r < runs; r++) {
      s.samples[r] = in.unsigned();
    }
    long before = 0;
    for (int r = 0; r < runs; r++) {
      if (s.samples[r] != 0) {
        before += in.signed();
        s.first[r] = before;
      }
    }
    for (int r = 0; r < runs; r++) {
      if (s.samples[r] != 0) {
        s.last[r] = s.first[r] + in.unsigned();
      }
    }
    for (int r = 0; r < runs; r++) {
      if (s.samples[r] != 0) {
        s.flags[r] = (byte) count(in, 0, ValueStatistics.ALL_FLAGS);
      }
    }
    for (int r = 0; r < runs; r++) {
      if (s.samples[r] != 0) {
        s.min[r] = Double.longBitsToDouble(number(body, in));
      }
    }
    for (int r = 0; r < runs; r++) {
      if (s.samples[r] != 0) {
        s.max[r] = Double.longBitsToDouble(number(body, in) ^ bits(s.min[r]));
      }
    }
    return s;
  }

  private static int count(ByteCursor in, int min, int max) throws IOException {
    long n = in.unsigned();
    if (n < min || n > max) {
      throw new IOException(
          "count " + n + " at byte " + in.position() + ", expected " + min + " to " + max);
    }
    return (int) n;
  }

  private static String text(byte[] body, ByteCursor in) throws IOException {
    int length = count(in, 0, in.remaining());
    return Utf8Order.decode(body, in.skip(length, "text"), length);
  }

  private static long number(byte[] body, ByteCursor in) throws IOException {
    int from = in.skip(8, "number");
    long bits = 0;
    for (int i = 7; i >= 0; i--) {
      bits = bits << 8 | body[from + i] & 0xff;
    }
    return bits;
  }
}
