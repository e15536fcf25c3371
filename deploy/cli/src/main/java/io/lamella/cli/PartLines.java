package io.lamella.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// Lines of a part of a result that wait until those before them are merged. The many of a part
/// ahead of its turn are compressed: verdicts resemble each other. Not thread-safe.
final class PartLines {
  private static final int BLOCK_CHARACTERS = 1 << 18;

  private final Deque<Block> blocks = new ArrayDeque<>();
  private StringBuilder open = new StringBuilder();
  private long bytes;

  /// Some lines, one after the other.
  sealed interface Block {
    /// The lines; takes time.
    List<String> lines();
  }

  private record Plain(String text) implements Block {
    @Override
    public List<String> lines() {
      return text.lines().toList();
    }
  }

  /// @param size of the text in UTF-8
  private static final class Compressed implements Block {
    private final byte[] compressed;
    private final int size;

    Compressed(String text) {
      byte[] plain = text.getBytes(StandardCharsets.UTF_8);
      size = plain.length;
      ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 8);
      try (Deflater deflater = new Deflater(Deflater.BEST_SPEED)) {
        deflater.setInput(plain);
        deflater.finish();
        byte[] some = new byte[1 << 14];
        while (!deflater.finished()) {
          out.write(some, 0, deflater.deflate(some));
        }
      }
      compressed = out.toByteArray();
    }

    @Override
    public List<String> lines() {
      byte[] plain = new byte[size];
      try (Inflater inflater = new Inflater()) {
        inflater.setInput(compressed);
        int length = 0;
        while (length < size) {
          length += inflater.inflate(plain, length, size - length);
        }
      } catch (DataFormatException e) {
        throw new IllegalStateException("cannot inflate what was deflated here", e);
      }
      return new String(plain, StandardCharsets.UTF_8).lines().toList();
    }
  }

  /// @param line in JSON, in which ends of lines are no more than space
  void add(String line) {
    open.append(line.replace('\r', ' ')).append('\n');
    if (open.length() >= BLOCK_CHARACTERS) {
      Compressed block = new Compressed(open.toString());
      blocks.add(block);
      bytes += block.compressed.length;
      open = new StringBuilder();
    }
  }

  /// The first lines that wait; empty where none do.
  Optional<Block> take() {
    Block first = blocks.poll();
    if (first instanceof Compressed c) {
      bytes -= c.compressed.length;
    } else if (!open.isEmpty()) {
      first = new Plain(open.toString());
      open = new StringBuilder();
    }
    return Optional.ofNullable(first);
  }

  /// The memory of what waits, about.
  long bytes() {
    return bytes + open.length();
  }
}
