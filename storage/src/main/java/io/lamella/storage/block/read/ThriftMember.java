package io.lamella.storage.block.read;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A member that the Parquet format lets be absent and this reader cannot do without.
public final class ThriftMember {
  private ThriftMember() {}

  public static <T> T require(@Nullable T value, String what) throws IOException {
    if (value == null) {
      throw new IOException(what + " is missing");
    }
    return value;
  }
}
