package io.lamella.launcher.bench.store;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Every request so far, in the order in which they ended, and how many are under way. Thread-safe.
public final class RequestLog implements AutoCloseable {
  private final List<StoreRequest> ended = new ArrayList<>();
  private final Optional<Writer> trace;
  private final long zeroNanos = System.nanoTime();
  private int underWay;

  private RequestLog(Optional<Writer> trace) {
    this.trace = trace;
  }

  /// A log that is only kept.
  public static RequestLog inMemory() {
    return new RequestLog(Optional.empty());
  }

  /// A log that is written to a file as well, a line a request: start and length in µs, method,
  /// target, range, status, bytes, parted by tabs.
  public static RequestLog to(Path file) throws IOException {
    return new RequestLog(
        Optional.of(
            new BufferedWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8), 1 << 13)));
  }

  synchronized void begin() {
    underWay++;
  }

  synchronized void end(StoreRequest r) {
    underWay--;
    ended.add(r);
    notifyAll();
    trace.ifPresent(out -> {
      try {
        out.write(
            String.format(
                "%d\t%d\t%s\t%s\t%s\t%d\t%d%n",
                (r.startNanos() - zeroNanos) / 1000,
                (r.endNanos() - r.startNanos()) / 1000,
                r.method(),
                r.target(),
                r.range(),
                r.status(),
                r.bytes()));
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write the trace: " + e.getMessage(), e);
      }
    });
  }

  /// A place in the log: how many requests have ended.
  public synchronized int mark() {
    return ended.size();
  }

  /// The requests that ended since a place.
  public synchronized List<StoreRequest> since(int mark) {
    return List.copyOf(ended.subList(mark, ended.size()));
  }

  /// Waits until no request is under way, or so long.
  ///
  /// @return true where none is
  public synchronized boolean awaitQuiet(Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    while (underWay > 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    if (trace.isPresent()) {
      trace.get().close();
    }
  }
}
