package io.lamella.gateway.http;

import io.javalin.compression.CompressionStrategy;
import io.javalin.compression.Gzip;
import io.javalin.http.Context;
import java.util.List;

/// Which answers are compressed, where a client takes it.
public enum Compression {
  /// All but those to this very machine: over loopback a byte costs less than compressing it.
  AUTO,
  GZIP,
  NONE;

  /// The usual level takes four times as long for a tenth less.
  private static final int FASTEST = 1;

  private static final int LEAST_BYTES = 4 << 10;
  private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For", "Via");

  static CompressionStrategy strategy() {
    CompressionStrategy out = new CompressionStrategy(null, new Gzip(FASTEST));
    out.setDefaultMinSizeForCompression(LEAST_BYTES);
    return out;
  }

  /// To be called before the answer's first byte.
  void applyTo(Context x) {
    boolean compressed =
        switch (this) {
          case AUTO -> !isLocal(x);
          case GZIP -> true;
          case NONE -> false;
        };
    if (!compressed) {
      x.disableCompression();
    }
  }

  /// A proxy on this machine speaks for somebody elsewhere, and says so.
  private static boolean isLocal(Context x) {
    String address = x.ip();
    return (address.startsWith("127.")
            || address.equals("::1")
            || address.equals("[::1]")
            || address.equals("0:0:0:0:0:0:0:1")
            || address.equals("[0:0:0:0:0:0:0:1]"))
        && FORWARDED.stream().noneMatch(h -> x.header(h) != null);
  }
}
