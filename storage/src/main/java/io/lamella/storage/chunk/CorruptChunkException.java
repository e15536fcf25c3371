package io.lamella.storage.chunk;

import java.io.IOException;
import java.io.Serial;

/// A chunk's bytes are not valid in its encoding; the message names the contradiction and its
/// position.
public final class CorruptChunkException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  public CorruptChunkException(String message) {
    super(message);
  }
}
