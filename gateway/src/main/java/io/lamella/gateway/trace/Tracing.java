package io.lamella.gateway.trace;

import java.util.Optional;
import java.util.function.Function;

/// Begins the span of each request. Thread-safe.
public interface Tracing extends AutoCloseable {
  /// No traces.
  Tracing OFF =
      new Tracing() {
        @Override
        public Span request(String name, Function<String, Optional<String>> header) {
          return Span.NONE;
        }

        @Override
        public void close() {}
      };

  /// The span of a request. It continues the client's trace where the request has a W3C
  /// `traceparent`.
  ///
  /// @param header a header of the request by name, lower case
  Span request(String name, Function<String, Optional<String>> header);

  /// Exports what is queued, for a few seconds at most.
  @Override
  void close();
}
