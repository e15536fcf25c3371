package io.lamella.gateway.http;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/// The encodings of responses. Each is used at a level at which it is hardly slower than the
/// response is printed, and with a small window: a stream takes about a megabyte.
enum ContentCoding {
  ZSTD("zstd") {
    @Override
    OutputStream over(OutputStream to) throws IOException {
      return new ZstdOutputStreamNoFinalizer(to, 1);
    }
  },
  BROTLI("br") {
    @Override
    boolean isAvailable() {
      return Brotli4jLoader.isAvailable();
    }

    @Override
    OutputStream over(OutputStream to) throws IOException {
      return new BrotliOutputStream(
          to, new Encoder.Parameters().setQuality(1).setWindow(BROTLI_WINDOW_BITS), BUFFER);
    }
  },
  GZIP("gzip") {
    @Override
    OutputStream over(OutputStream to) throws IOException {
      return new FastGzip(to);
    }
  };

  private static final int BUFFER = 16 << 10;
  private static final int BROTLI_WINDOW_BITS = 18;

  /// More clauses of a header are not read.
  private static final int MAX_CLAUSES = 50;

  private final String token;

  ContentCoding(String token) {
    this.token = token;
  }

  /// The name in headers.
  String token() {
    return token;
  }

  /// False where the library is not there for this machine.
  boolean isAvailable() {
    return true;
  }

  /// A stream that encodes what is written to it. Closing it closes `to` and frees memory outside
  /// of the heap.
  abstract OutputStream over(OutputStream to) throws IOException;

  /// The default level takes four times as long and saves a tenth more.
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream to) throws IOException {
      super(to, BUFFER);
      def.setLevel(1);
    }
  }

  /// The encoding that a client prefers, of equally good ones the first of this list; empty where
  /// the response is to be sent as it is.
  ///
  /// @param accepted the header `Accept-Encoding`, empty where there is none
  static Optional<ContentCoding> preferred(String accepted) {
    Map<String, Double> qualities = qualities(accepted);
    double others = qualities.getOrDefault("*", 0.0);
    double best = qualities.getOrDefault("identity", 0.0);
    Optional<ContentCoding> out = Optional.empty();
    for (ContentCoding c : values()) {
      double quality = qualities.getOrDefault(c.token, others);
      boolean better = out.isEmpty() ? quality >= best : quality > best;
      if (quality > 0 && better && c.isAvailable()) {
        best = quality;
        out = Optional.of(c);
      }
    }
    return out;
  }

  private static Map<String, Double> qualities(String accepted) {
    Map<String, Double> out = new HashMap<>();
    for (String clause : accepted.split(",", MAX_CLAUSES)) {
      String[] parts = clause.toLowerCase(Locale.ROOT).split(";", 2);
      String name = parts[0].strip();
      if (!name.isEmpty()) {
        out.put(name.equals("x-gzip") ? GZIP.token : name, quality(parts));
      }
    }
    return out;
  }

  private static double quality(String[] parts) {
    String parameter = parts.length == 2 ? parts[1].strip() : "q=1";
    if (!parameter.matches("q=[0-9](\\.[0-9]{0,3})?")) {
      return 0;
    }
    return Double.parseDouble(parameter.substring(2));
  }
}
