package io.lamella.storage.tsdb;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/// A TSDB block's bytes contradict their checksums or themselves.
public final class CorruptTsdbBlockException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /// @param file the file, within its block's directory
  /// @param offset in the file, −1 for the file as a whole
  /// @param what the error: actual and expected
  CorruptTsdbBlockException(Path file, long offset, String what) {
    super(message(file, offset, what));
  }

  CorruptTsdbBlockException(Path file, long offset, String what, Throwable cause) {
    super(message(file, offset, what), cause);
  }

  private static String message(Path file, long offset, String what) {
    Path name = file.getFileName();
    Path parent = file.getParent();
    if (parent != null && parent.endsWith("chunks") && parent.getParent() != null) {
      name = Path.of("chunks").resolve(name);
      parent = parent.getParent();
    }
    return "cannot read block: "
        + what
        + " [block="
        + (parent == null ? "?" : parent.getFileName())
        + " file="
        + name
        + (offset < 0 ? "" : " offset=" + offset)
        + "]; restore the block from a copy or leave it out";
  }
}
