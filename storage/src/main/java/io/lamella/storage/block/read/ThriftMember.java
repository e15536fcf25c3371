package io.lamella.storage.block.read;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Members that are optional in the Parquet format and required by this reader.
public final class ThriftMember {
  private ThriftMember() {}

  public static <T> T require(@Nullable T value, String what) throws IOException {
    if (value == null) {
      throw new IOException(what + " is missing");
    }
    return value;
  }
}
