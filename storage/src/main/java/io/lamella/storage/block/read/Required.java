package io.lamella.storage.block.read;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A member that the Parquet format lets be absent and this reader cannot do without.
public final class Required {
  private Required() {}

  public static <T> T member(@Nullable T value, String what) throws IOException {
    if (value == null) {
      throw new IOException(what + " is missing");
    }
    return value;
  }
}
