package io.lamella.storage.block;

import com.github.luben.zstd.Zstd;
import io.lamella.storage.bytes.ByteCursor;
import io.lamella.storage.bytes.Varints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/// `<shard>.manifest`: all metadata that a reader needs before it reads data of a shard, in one
/// small object: the page indexes and footers of both files, and the directory of sort-key runs.
/// FORMAT.md describes its bytes.
///
/// The footers lack [BlockSchema#BLOCK_KEY], which describes the whole block and may be large.
public final class BlockManifest {
  private final byte[] labelsTail;
  private final byte[] chunksTail;
  private final RunDirectory runs;

  /// @param labelsTail page indexes and footer of the labels file; `chunksTail` those of the chunks
  ///   file
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
  private static final int DIGEST_BYTES = 32;

  /// The object's bytes: magic, the body's length, the body as one zstd frame.
  ///
  /// @param labels the labels file that it describes
  /// @param chunks the chunks file that it describes
  public byte[] encode(BlockMeta.File labels, BlockMeta.File chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
    file(out, labels, labelsTail);
    file(out, chunks, chunksTail);
    RunDirectoryCodec.write(runs, out);
    byte[] body = out.toByteArray();
    byte[] compressed = Zstd.compress(body, LEVEL);
    byte[] object = Arrays.copyOf(MAGIC, HEADER + compressed.length);
    for (int i = 0; i < 4; i++) {
      object[MAGIC.length + i] = (byte) (body.length >>> 8 * i);
    }
    System.arraycopy(compressed, 0, object, HEADER, compressed.length);
    return object;
  }

  private static void file(ByteArrayOutputStream out, BlockMeta.File file, byte[] tail) {
    out.writeBytes(HexFormat.of().parseHex(file.sha256()));
    Varints.appendUnsigned(out, tail.length);
    out.writeBytes(tail);
  }

  /// The checksum of the object's bytes, which meta.json contains.
  public static int checksum(byte[] object) {
    CRC32C crc = new CRC32C();
    crc.update(object);
    return (int) crc.getValue();
  }

  /// A manifest that is decompressed. What it decodes to may take much more memory than its bytes.
  public static final class Undecoded {
    private final byte[] body;
    private final byte[] labelsTail;
    private final byte[] chunksTail;
    private final int runsAt;
    private final long runsMemory;
    private final long rows;
    private final String place;

    private Undecoded(byte[] object, BlockMeta.Shard shard, String place) throws IOException {
      this.body = body(object);
      this.rows = shard.rows();
      this.place = place;
      ByteCursor in = cursor(0);
      this.labelsTail = tail(body, in, shard.labels());
      this.chunksTail = tail(body, in, shard.chunks());
      this.runsAt = in.position();
      this.runsMemory = RunDirectoryCodec.memoryBytes(in);
    }

    private ByteCursor cursor(int from) {
      return new ByteCursor(body, from, body.length);
    }

    /// The bytes of memory that the directory of runs takes, at most.
    public long runsMemory() {
      return runsMemory;
    }

    /// The number of bytes of page indexes and footers.
    public long indexBytes() {
      return (long) labelsTail.length + chunksTail.length;
    }

    public BlockManifest decode() throws CorruptBlockException {
      try {
        ByteCursor in = cursor(runsAt);
        RunDirectory runs = RunDirectoryCodec.read(body, in);
        if (runs.rows() != rows || !in.isAtEnd()) {
          throw new IOException(runs.rows() + " rows in runs, expected " + rows);
        }
        return new BlockManifest(labelsTail, chunksTail, runs);
      } catch (IOException | RuntimeException e) {
        throw unreadable(e, place);
      }
    }
  }

  /// Parses an object's bytes. The caller has verified their checksum.
  ///
  /// @param shard the shard's entry in meta.json
  /// @param place the object's name, for messages
  public static BlockManifest decode(byte[] object, BlockMeta.Shard shard, String place)
      throws CorruptBlockException {
    return decompress(object, shard, place).decode();
  }

  /// As [#decode], for callers that decode it when there is memory.
  public static Undecoded decompress(byte[] object, BlockMeta.Shard shard, String place)
      throws CorruptBlockException {
    try {
      return new Undecoded(object, shard, place);
    } catch (IOException | RuntimeException e) {
      throw unreadable(e, place);
    }
  }

  private static CorruptBlockException unreadable(Exception e, String place) {
    return new CorruptBlockException(
        "cannot read manifest: "
            + e.getMessage()
            + " [object="
            + place
            + "]; convert this block again",
        e);
  }

  /// The bytes that an object says it decompresses to; 0 where it is no manifest.
  public static int bodyBytes(byte[] object) {
    if (object.length < HEADER || !Arrays.equals(object, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return 0;
    }
    int length = 0;
    for (int i = 3; i >= 0; i--) {
      length = length << 8 | object[MAGIC.length + i] & 0xff;
    }
    return Math.max(0, length);
  }

  private static byte[] body(byte[] object) throws IOException {
    int length = bodyBytes(object);
    if (length == 0) {
      throw new IOException("it does not start with LMM 1 and a length");
    }
    if (length > MAX_BODY_BYTES || length > 4096L * object.length) {
      throw new IOException("body of " + length + " bytes in an object of " + object.length);
    }
    byte[] body = new byte[length];
    long n = Zstd.decompressByteArray(body, 0, length, object, HEADER, object.length - HEADER);
    if (Zstd.isError(n) || n != length) {
      throw new IOException("body does not decompress to " + length + " bytes");
    }
    return body;
  }

  private static byte[] tail(byte[] body, ByteCursor in, BlockMeta.File file) throws IOException {
    int digestAt = in.skip(DIGEST_BYTES, "digest");
    String digest = HexFormat.of().formatHex(body, digestAt, digestAt + DIGEST_BYTES);
    if (!digest.equals(file.sha256())) {
      throw new IOException("page indexes of " + file.name() + " are those of another block");
    }
    long length = in.unsigned();
    int from = in.skip(length, "page indexes");
    return Arrays.copyOfRange(body, from, from + (int) length);
  }
}
