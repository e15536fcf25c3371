package io.lamella.storage.block.read;

import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectStoreException;
import java.io.IOException;
import java.util.Optional;

/// A published block whose meta cannot be read.
///
/// @param reason an error text that names the object and says what to do
/// @param failure of the store, where that is why; empty for a meta that is damaged
public record BrokenBlock(Ulid block, String reason, Optional<ObjectStoreException> failure) {
  /// A block whose meta is damaged.
  public BrokenBlock(Ulid block, String reason) {
    this(block, reason, Optional.empty());
  }

  /// A block whose meta the store does not deliver.
  static BrokenBlock of(Ulid block, ObjectStoreException failure) {
    return new BrokenBlock(
        block, "cannot read block meta: " + failure.getMessage(), Optional.of(failure));
  }

  /// The error of a query that needs the block.
  public IOException error() {
    return failure
        .<IOException>map(f -> new ObjectStoreException.Unavailable(reason, f))
        .orElseGet(() -> new CorruptBlockException(reason));
  }
}
