package io.lamella.converter.source;

import io.lamella.storage.block.Ulid;
import io.lamella.storage.tsdb.CorruptTsdbBlockException;
import java.io.IOException;

/// A source block cannot be copied or opened.
public final class SourceFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Ulid block;
  private final boolean damaged;

  private SourceFailure(Ulid block, IOException cause, boolean damaged) {
    super(cause.getMessage(), cause);
    this.block = block;
    this.damaged = damaged;
  }

  static SourceFailure of(Ulid block, IOException cause) {
    return new SourceFailure(block, cause, cause instanceof CorruptTsdbBlockException);
  }

  public Ulid block() {
    return block;
  }

  /// Whether its bytes are wrong; otherwise it cannot be read at the moment.
  public boolean isDamaged() {
    return damaged;
  }
}
