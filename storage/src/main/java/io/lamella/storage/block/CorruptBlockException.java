package io.lamella.storage.block;

import java.io.IOException;
import java.io.Serial;

/// A block's bytes contradict themselves or their checksums; the message names the object and the
/// place. Reading again does not help; the block must be converted again.
public final class CorruptBlockException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  public CorruptBlockException(String message) {
    super(message);
  }

  public CorruptBlockException(String message, Throwable cause) {
    super(message, cause);
  }
}
