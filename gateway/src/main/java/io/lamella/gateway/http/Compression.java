package io.lamella.gateway.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/// Which responses are compressed, for clients that accept it.
public enum Compression {
  /// All but responses to local clients: over loopback, sending costs less than compressing.
  AUTO,
  ALWAYS,
  NONE;

  private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For", "Via");

  /// The output of a response, encoded as the client prefers where it may be.
  EncodedResponse open(Context x, ResponseBody.Form form) {
    OutputStream to;
    try {
      // That of the context cannot be flushed, and a stream of short lines would wait for 32 KiB.
      to = x.res().getOutputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Optional<ContentCoding> coding =
        form.encoding().isEmpty() && isOn(x)
            ? ContentCoding.preferred(Optional.ofNullable(x.header("Accept-Encoding")).orElse(""))
            : Optional.empty();
    form.encoding().filter(e -> !e.isEmpty()).ifPresent(e -> x.header("Content-Encoding", e));
    return new EncodedResponse(
        to,
        coding.map(c -> new EncodedOutput(to, c, () -> x.header("Content-Encoding", c.token()))));
  }

  /// Where a response is written to.
  ///
  /// @param encoded empty where it is sent as it is
  record EncodedResponse(OutputStream plain, Optional<EncodedOutput> encoded)
      implements AutoCloseable {
    OutputStream output() {
      return encoded.<OutputStream>map(e -> e).orElse(plain);
    }

    /// Frees what the encoder holds. A response that was not closed before stays incomplete.
    @Override
    public void close() throws IOException {
      if (encoded.isPresent()) {
        encoded.get().drop();
      }
    }
  }

  private boolean isOn(Context x) {
    return switch (this) {
      case AUTO -> !isLocal(x);
      case ALWAYS -> true;
      case NONE -> false;
    };
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
