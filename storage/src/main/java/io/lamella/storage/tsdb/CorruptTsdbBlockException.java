package io.lamella.storage.tsdb;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/// A TSDB block's bytes contradict their checksums or themselves.
public final class CorruptTsdbBlockException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final String block;

  /// @param file the file, within its block's directory
  /// @param offset in the file, −1 for the file as a whole
  /// @param what the error: actual and expected
  CorruptTsdbBlockException(Path file, long offset, String what) {
    super(message(file, offset, what));
    block = block(file);
  }

  CorruptTsdbBlockException(Path file, long offset, String what, Throwable cause) {
    super(message(file, offset, what), cause);
    block = block(file);
  }

  /// The name of the block's directory, "?" where it has none.
  public String block() {
    return block;
  }

  private static String block(Path file) {
    Path parent = file.getParent();
    if (parent != null && parent.endsWith("chunks")) {
      parent = parent.getParent();
    }
    return parent == null || parent.getFileName() == null ? "?" : parent.getFileName().toString();
  }

  private static String message(Path file, long offset, String what) {
    Path parent = file.getParent();
    boolean segment = parent != null && parent.endsWith("chunks");
    return "cannot read block: "
        + what
        + " [block="
        + block(file)
        + " file="
        + (segment ? "chunks/" : "")
        + file.getFileName()
        + (offset < 0 ? "" : " offset=" + offset)
        + "]; restore the block from a copy or leave it out";
  }
}
