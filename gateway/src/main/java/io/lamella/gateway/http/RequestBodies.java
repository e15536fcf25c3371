package io.lamella.gateway.http;

import io.lamella.gateway.query.QueryRefused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Reads the bodies of requests, each of a bounded size as in Prometheus, and of a bounded size in
/// all requests together, because requests are read before they wait for a permit. Thread-safe.
final class RequestBodies {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  /// A body is in memory several times: as bytes, as text, and as decoded parameters.
  private static final int COPIES = 4;

  private final long maxTotalBytes;
  private final AtomicLong total = new AtomicLong();

  /// @param maxTotalBytes of all bodies in memory
  RequestBodies(long maxTotalBytes) {
    this.maxTotalBytes = maxTotalBytes;
  }

  /// For this process: an eighth of the heap.
  static RequestBodies ofHeap() {
    return new RequestBodies(Runtime.getRuntime().maxMemory() / 8);
  }

  /// The head of a request with a body.
  ///
  /// @param length in bytes; negative where it is not known
  record BodyHead(@Nullable String contentType, @Nullable String contentEncoding, long length) {}

  /// The kinds of bodies.
  enum Kind {
    /// A form; it may also be missing.
    FORM("application/x-www-form-urlencoded", "identity", 10 << 20),
    /// A message of remote read.
    SNAPPY_PROTOBUF("application/x-protobuf", "snappy", 32 << 20),
    /// A document.
    JSON_OR_YAML(
        "application/json",
        "identity",
        64 << 20,
        "application/yaml",
        "application/x-yaml",
        "text/yaml",
        "text/x-yaml");

    private final String type;
    private final List<String> otherTypes;
    private final String encoding;
    private final int maxBytes;

    Kind(String type, String encoding, int maxBytes, String... otherTypes) {
      this.type = type;
      this.otherTypes = List.of(otherTypes);
      this.encoding = encoding;
      this.maxBytes = maxBytes;
    }

    private boolean is(String mediaType) {
      String lower = mediaType.toLowerCase(Locale.ROOT);
      return lower.equals(type) || otherTypes.contains(lower);
    }

    int maxBytes() {
      return maxBytes;
    }
  }

  /// Checks the head, before anything is read.
  ///
  /// @throws RequestRefused where the body is of another kind, or too long
  static void check(BodyHead head, Kind kind) {
    String type = head.contentType() == null ? "" : head.contentType();
    int parameters = type.indexOf(';');
    String mediaType = (parameters < 0 ? type : type.substring(0, parameters)).strip();
    if (kind == Kind.FORM && head.length() == 0 && mediaType.isEmpty()) {
      return;
    }
    if (!kind.is(mediaType)) {
      throw new RequestRefused(
          415,
          "unsupported content type " + ApiParameters.quoted(mediaType) + ": send " + kind.type);
    }
    // Names of content codings are case-insensitive (RFC 9110, section 8.4.1).
    if (head.contentEncoding() != null
        && !head.contentEncoding().strip().equalsIgnoreCase(kind.encoding)) {
      throw new RequestRefused(
          415,
          "unsupported content encoding "
              + ApiParameters.quoted(head.contentEncoding())
              + ": send "
              + kind.encoding);
    }
    if (head.length() > kind.maxBytes) {
      throw tooLarge(kind);
    }
  }

  /// A body in memory, until it is closed.
  final class Body implements AutoCloseable {
    private long reserved;

    /// Reads the body.
    ///
    /// @throws RequestRefused where it is too long
    /// @throws QueryRefused where others take too much
    byte[] read(InputStream in, Kind kind) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] piece = new byte[8 << 10];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        reserve((long) n * COPIES);
        if (out.size() + n > kind.maxBytes) {
          throw tooLarge(kind);
        }
        out.write(piece, 0, n);
      }
      return out.toByteArray();
    }

    /// Takes memory in addition, for what the body becomes.
    ///
    /// @throws RequestRefused where no request may have so much
    /// @throws QueryRefused where others have too much
    void reserve(long bytes) {
      reserved += bytes;
      if (reserved > maxTotalBytes) {
        total.addAndGet(bytes);
        throw new RequestRefused(
            413,
            "request takes "
                + reserved
                + " bytes of memory, allowed are "
                + maxTotalBytes
                + "; send a smaller one");
      }
      if (total.addAndGet(bytes) > maxTotalBytes) {
        throw new QueryRefused("too many large requests at once; try again later", RETRY_AFTER);
      }
    }

    @Override
    public void close() {
      total.addAndGet(-reserved);
      reserved = 0;
    }
  }

  Body open() {
    return new Body();
  }

  /// Estimated bytes of all bodies now.
  long bytes() {
    return total.get();
  }

  private static RequestRefused tooLarge(Kind kind) {
    return new RequestRefused(413, "request body exceeds " + kind.maxBytes + " bytes");
  }
}
