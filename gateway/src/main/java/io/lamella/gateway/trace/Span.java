package io.lamella.gateway.trace;

import java.util.Optional;

/// A named stretch of work within a request, which ends when it is closed. Thread-safe.
public interface Span extends AutoCloseable {
  /// Records nothing and costs nothing.
  Span NONE =
      new Span() {
        @Override
        public boolean isRecording() {
          return false;
        }

        @Override
        public Span child(String name) {
          return this;
        }

        @Override
        public Span childSince(String name, long begunNanos) {
          return this;
        }

        @Override
        public void set(String key, String value) {}

        @Override
        public void set(String key, long value) {}

        @Override
        public void failed(Throwable failure) {}

        @Override
        public Optional<String> traceId() {
          return Optional.empty();
        }

        @Override
        public void close() {}
      };

  /// False where what is set here goes nowhere.
  boolean isRecording();

  /// A span within this one that begins now.
  Span child(String name);

  /// A span within this one that began earlier, at a value of [System#nanoTime].
  Span childSince(String name, long begunNanos);

  void set(String key, String value);

  void set(String key, long value);

  /// Marks that the work failed.
  void failed(Throwable failure);

  /// The trace's identifier, 32 hexadecimal digits; empty where nothing is recorded.
  Optional<String> traceId();

  @Override
  void close();
}
