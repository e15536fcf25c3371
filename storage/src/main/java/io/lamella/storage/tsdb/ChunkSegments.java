package io.lamella.storage.tsdb;

import io.lamella.storage.chunk.ChunkEncoding;
import io.lamella.storage.chunk.CorruptChunkException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The chunk segment files of a block. The upper half of a chunk reference is the number of the
/// file in name order, the lower half the offset of the chunk's length in the file.
final class ChunkSegments {
  private static final long MAGIC = 0x85BD40DDL;
  private static final int HEADER_BYTES = 8;
  private static final long MAX_CHUNK_BYTES = 64 << 20;

  private final Path directory;
  private final List<MappedFile> files;

  private ChunkSegments(Path directory, List<MappedFile> files) {
    this.directory = directory;
    this.files = files;
  }

  static ChunkSegments open(Path directory, Arena arena) throws IOException {
    List<MappedFile> files = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      List<Path> names;
      try (Stream<Path> all = Files.list(directory)) {
        names = all.filter(f -> f.getFileName().toString().matches("\\d+")).sorted().toList();
      }
      for (Path f : names) {
        MappedFile file = MappedFile.open(f, arena);
        if (file.size() < HEADER_BYTES || file.u32(0) != MAGIC || file.u8(4) != 1) {
          throw file.corrupt(
              0,
              "not a chunk segment of version 1: "
                  + file.size()
                  + " bytes, or not the magic number 85bd40dd");
        }
        files.add(file);
      }
    }
    return new ChunkSegments(directory, List.copyOf(files));
  }

  ChunkBytes read(long ref) throws CorruptTsdbBlockException {
    int segment = (int) (ref >>> 32);
    long at = ref & 0xffffffffL;
    if (segment < 0 || segment >= files.size()) {
      throw new CorruptTsdbBlockException(
          directory, -1, "chunk in segment " + segment + ", there are " + files.size());
    }
    MappedFile file = files.get(segment);
    if (at < HEADER_BYTES || at >= file.size()) {
      throw file.corrupt(at, "chunk lies outside the file of " + file.size() + " bytes");
    }
    MappedFile.FileCursor in = file.cursor(at, Math.min(file.size(), at + 5));
    long length = in.uvarint();
    if (length < 0 || length > MAX_CHUNK_BYTES || length > file.size() - in.at - 5) {
      throw file.corrupt(at, "chunk of " + length + " bytes");
    }
    file.checksum(in.at, 1 + length, "chunk");
    try {
      return new ChunkBytes(ChunkEncoding.ofId(file.u8(in.at)), file.copy(in.at + 1, length));
    } catch (CorruptChunkException e) {
      throw file.corrupt(at, String.valueOf(e.getMessage()));
    }
  }
}
