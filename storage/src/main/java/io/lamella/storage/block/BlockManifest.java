package io.lamella.storage.block;

import com.github.luben.zstd.Zstd;
import io.lamella.storage.bytes.ByteCursor;
import io.lamella.storage.bytes.Varints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/// `<shard>.manifest`: all metadata that a reader needs before it reads data of a shard, in one
/// small object: the page indexes and footers of both files, and the directory of sort-key runs.
/// FORMAT.md describes its bytes.
public final class BlockManifest {
  private final byte[] labelsTail;
  private final byte[] chunksTail;
  private final RunDirectory runs;

  /// @param labelsTail the bytes of the labels file from its `indexStart` to the end; `chunksTail`
  ///   those of the chunks file
  public BlockManifest(byte[] labelsTail, byte[] chunksTail, RunDirectory runs) {
    this.labelsTail = labelsTail;
    this.chunksTail = chunksTail;
    this.runs = runs;
  }

  public byte[] labelsTail() {
    return labelsTail;
  }

  public byte[] chunksTail() {
    return chunksTail;
  }

  public RunDirectory runs() {
    return runs;
  }

  /// A larger object is refused before it is decompressed.
  public static final int MAX_BYTES = 256 << 20;

  private static final byte[] MAGIC = {'L', 'M', 'M', 1};
  private static final int HEADER = MAGIC.length + 4;
  private static final int MAX_BODY_BYTES = 1 << 30;
  private static final int LEVEL = 3;

  /// The object's bytes: magic, the body's length, the body as one zstd frame.
  public byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
    bytes(out, labelsTail);
    bytes(out, chunksTail);
    Varints.appendUnsigned(out, runs.labels().size());
    for (int l = 0; l < runs.labels().size(); l++) {
      text(out, runs.labels().get(l));
      Varints.appendUnsigned(out, runs.values(l).size());
      for (String v : runs.values(l)) {
        text(out, v);
      }
    }
    Varints.appendUnsigned(out, runs.runs());
    Varints.appendUnsigned(out, runs.dataColumns());
    for (int r = 0; r < runs.runs(); r++) {
      for (int l = 0; l < runs.labels().size(); l++) {
        Varints.appendUnsigned(out, runs.code(l, r));
      }
      Varints.appendUnsigned(out, runs.endRow(r) - runs.firstRow(r));
      for (int c = 0; c < runs.dataColumns(); c++) {
        statistics(out, runs.statistics(c, r));
      }
    }
    byte[] body = out.toByteArray();
    byte[] compressed = Zstd.compress(body, LEVEL);
    byte[] object = Arrays.copyOf(MAGIC, HEADER + compressed.length);
    for (int i = 0; i < 4; i++) {
      object[MAGIC.length + i] = (byte) (body.length >>> 8 * i);
    }
    System.arraycopy(compressed, 0, object, HEADER, compressed.length);
    return object;
  }

  private static void bytes(ByteArrayOutputStream out, byte[] b) {
    Varints.appendUnsigned(out, b.length);
    out.writeBytes(b);
  }

  private static void text(ByteArrayOutputStream out, String s) {
    bytes(out, s.getBytes(StandardCharsets.UTF_8));
  }

  private static void statistics(ByteArrayOutputStream out, ValueStatistics s) {
    Varints.appendUnsigned(out, s.samples());
    if (s.samples() == 0) {
      return;
    }
    Varints.appendSigned(out, s.firstMillis());
    Varints.appendUnsigned(out, s.lastMillis() - s.firstMillis());
    Varints.appendUnsigned(out, s.flags());
    number(out, s.min());
    number(out, s.max());
  }

  private static void number(ByteArrayOutputStream out, double v) {
    long bits = Double.doubleToRawLongBits(v);
    for (int i = 0; i < 8; i++) {
      out.write((int) (bits >>> 8 * i));
    }
  }

  /// The checksum of the object's bytes, which meta.json contains.
  public static int checksum(byte[] object) {
    CRC32C crc = new CRC32C();
    crc.update(object);
    return (int) crc.getValue();
  }

  /// Parses an object's bytes. The caller has verified their checksum.
  ///
  /// @param shard the shard's entry in meta.json
  /// @param place the object's name, for messages
  public static BlockManifest decode(byte[] object, BlockMeta.Shard shard, String place)
      throws CorruptBlockException {
    try {
      return new Reader(body(object)).manifest(shard);
    } catch (IOException | RuntimeException e) {
      throw new CorruptBlockException(
          "cannot read manifest: "
              + e.getMessage()
              + " [object="
              + place
              + "]; convert this block again",
          e);
    }
  }

  private static byte[] body(byte[] object) throws IOException {
    if (object.length < HEADER || !Arrays.equals(object, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new IOException("it does not start with LMM 1");
    }
    int length = 0;
    for (int i = 3; i >= 0; i--) {
      length = length << 8 | object[MAGIC.length + i] & 0xff;
    }
    if (length < 0 || length > MAX_BODY_BYTES || length > 4096L * object.length) {
      throw new IOException("body of " + length + " bytes in an object of " + object.length);
    }
    byte[] body = new byte[length];
    long n = Zstd.decompressByteArray(body, 0, length, object, HEADER, object.length - HEADER);
    if (Zstd.isError(n) || n != length) {
      throw new IOException("body does not decompress to " + length + " bytes");
    }
    return body;
  }

  /// Parses the body. A count is compared with the number of bytes left before memory is allocated
  /// for it.
  private static final class Reader {
    private final byte[] body;
    private final ByteCursor in;

    Reader(byte[] body) {
      this.body = body;
      this.in = new ByteCursor(body, 0, body.length);
    }

    BlockManifest manifest(BlockMeta.Shard shard) throws IOException {
      byte[] labelsTail = tail(shard.labels());
      byte[] chunksTail = tail(shard.chunks());
      int labels = count(1, 8);
      List<String> names = new ArrayList<>();
      List<List<String>> values = new ArrayList<>();
      for (int l = 0; l < labels; l++) {
        names.add(text());
        List<String> all = new ArrayList<>();
        for (int n = count(1, in.remaining()); n > 0; n--) {
          all.add(text());
        }
        values.add(all);
      }
      int runs = count(1, in.remaining());
      int columns = count(1, 1 << 16);
      RunDirectory.RunsBuilder out = new RunDirectory.RunsBuilder(names, columns);
      ValueStatistics[] statistics = new ValueStatistics[columns];
      for (int r = 0; r < runs; r++) {
        List<String> key = new ArrayList<>();
        for (int l = 0; l < labels; l++) {
          key.add(values.get(l).get(count(0, values.get(l).size() - 1)));
        }
        int rows = count(1, Integer.MAX_VALUE);
        for (int c = 0; c < columns; c++) {
          statistics[c] = statistics();
        }
        out.add(key, rows, statistics);
      }
      RunDirectory directory = out.build();
      if (directory.rows() != shard.rows() || !in.isAtEnd()) {
        throw new IOException(directory.rows() + " rows in runs, expected " + shard.rows());
      }
      return new BlockManifest(labelsTail, chunksTail, directory);
    }

    private byte[] tail(BlockMeta.File file) throws IOException {
      byte[] b = bytes();
      if (b.length != file.size() - file.indexStart() || checksum(b) != file.indexCrc32c()) {
        throw new IOException("page indexes of " + file.name() + " are those of another block");
      }
      return b;
    }

    private int count(int min, int max) throws IOException {
      long n = in.unsigned();
      if (n < min || n > max) {
        throw new IOException(
            "count " + n + " at byte " + in.position() + ", expected " + min + " to " + max);
      }
      return (int) n;
    }

    private byte[] bytes() throws IOException {
      long n = in.unsigned();
      int from = in.skip(n, "text");
      return Arrays.copyOfRange(body, from, in.position());
    }

    private String text() throws IOException {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    private ValueStatistics statistics() throws IOException {
      long samples = in.unsigned();
      if (samples == 0) {
        return new ValueStatistics();
      }
      long first = in.signed();
      long last = first + in.unsigned();
      int flags = count(0, ValueStatistics.ALL_FLAGS);
      return new ValueStatistics(samples, first, last, number(), number(), flags);
    }

    private double number() throws IOException {
      int from = in.skip(8, "number");
      long bits = 0;
      for (int i = 7; i >= 0; i--) {
        bits = bits << 8 | body[from + i] & 0xff;
      }
      return Double.longBitsToDouble(bits);
    }
  }
}
