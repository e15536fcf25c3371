package io.lamella.gateway.http;

import io.javalin.compression.CompressionStrategy;
import io.javalin.compression.Gzip;
import io.javalin.http.Context;
import java.util.List;

/// Which responses are compressed, for clients that accept it.
public enum Compression {
  /// All but responses to local clients: over loopback, sending costs less than compressing.
  AUTO,
  GZIP,
  NONE;

  /// The default level takes four times as long and saves a tenth more.
  private static final int FASTEST = 1;

  private static final int MIN_BYTES = 4 << 10;
  private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For", "Via");

  static CompressionStrategy strategy() {
    CompressionStrategy out = new CompressionStrategy(null, new Gzip(FASTEST));
    out.setDefaultMinSizeForCompression(MIN_BYTES);
    return out;
  }

  /// To be called before the first byte of the response.
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

  /// A request that a local proxy forwards is not local; proxies say so in a header.
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
