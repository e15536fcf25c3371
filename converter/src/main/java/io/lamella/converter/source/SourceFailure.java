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
    if (cause instanceof SourceFailure f) {
      return f;
    }
    return new SourceFailure(block, cause, cause instanceof CorruptTsdbBlockException);
  }

  /// A block whose content is impossible although its checksums match.
  public static SourceFailure impossible(Ulid block, String what) {
    return new SourceFailure(
        block,
        new IOException(
            "cannot read block: "
                + what
                + " [block="
                + block
                + "]; restore the block from a copy or leave it out"),
        true);
  }

  /// A block that the converter fails on, for a reason that it does not know.
  public static SourceFailure unexpected(Ulid block, RuntimeException cause) {
    return impossible(block, "unexpected content: " + cause);
  }

  public Ulid block() {
    return block;
  }

  /// Whether its bytes are wrong; otherwise it cannot be read at the moment.
  public boolean isDamaged() {
    return damaged;
  }
}
