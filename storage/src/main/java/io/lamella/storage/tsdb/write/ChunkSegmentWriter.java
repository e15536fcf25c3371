package io.lamella.storage.tsdb.write;

import io.lamella.storage.chunk.EncodedChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Writes chunks one after another into segment files: a length, the encoding, the payload, a
/// CRC32C of the last two. A new file is started before one grows beyond its limit.
final class ChunkSegmentWriter implements AutoCloseable {
  static final long DEFAULT_SEGMENT_BYTES = 512L << 20;
  private static final long MAGIC = 0x85BD40DDL;

  private final Path directory;
  private final long segmentBytes;
  private final ByteSink scratch = new ByteSink();
  private Optional<AppendedFile> file = Optional.empty();
  private int segments;

  private ChunkSegmentWriter(Path directory, long segmentBytes) {
    this.directory = directory;
    this.segmentBytes = segmentBytes;
  }

  /// @param directory is created
  static ChunkSegmentWriter create(Path directory, long segmentBytes) throws IOException {
    Files.createDirectories(directory);
    return new ChunkSegmentWriter(directory, segmentBytes);
  }

  /// @return the reference: the file's number from 0 in the upper half, the offset in the lower
  long add(EncodedChunk chunk) throws IOException {
    scratch.clear();
    scratch.uvarint(chunk.bytes().length);
    int from = scratch.size();
    scratch.u8(chunk.encoding().id());
    scratch.bytes(chunk.bytes());
    scratch.checksum(from);
    AppendedFile out = place(scratch.size());
    long ref = (long) (segments - 1) << 32 | out.position();
    out.write(scratch);
    return ref;
  }

  private AppendedFile place(int bytes) throws IOException {
    if (file.isPresent() && file.get().position() + bytes <= segmentBytes) {
      return file.get();
    }
    close();
    segments++;
    AppendedFile next = AppendedFile.create(directory.resolve(String.format("%06d", segments)));
    file = Optional.of(next);
    ByteSink header = new ByteSink();
    header.u32(MAGIC);
    header.u32(1L << 24);
    next.write(header);
    return next;
  }

  int segments() {
    return segments;
  }

  @Override
  public void close() throws IOException {
    if (file.isPresent()) {
      AppendedFile last = file.get();
      file = Optional.empty();
      last.close();
    }
  }
}
