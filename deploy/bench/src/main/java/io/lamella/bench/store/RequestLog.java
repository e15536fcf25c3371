package io.lamella.bench.store;

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

/// Counts all requests, optionally keeps them in the order in which they ended, and tracks how many
/// are in flight. Thread-safe.
public final class RequestLog implements AutoCloseable {
  private final List<StoreRequest> ended = new ArrayList<>();
  private final Optional<Writer> trace;
  private final boolean keepsRequests;
  private final long zeroNanos = System.nanoTime();
  private int inFlight;
  private StoreCounts counts = StoreCounts.NONE;

  private RequestLog(Optional<Writer> trace, boolean keepsRequests) {
    this.trace = trace;
    this.keepsRequests = keepsRequests;
  }

  /// A log that keeps every request in memory, for the duration of a benchmark.
  public static RequestLog inMemory() {
    return new RequestLog(Optional.empty(), true);
  }

  /// A log that keeps every request in memory and writes it to a file as well.
  public static RequestLog inMemoryAndFile(Path file) throws IOException {
    return new RequestLog(Optional.of(writer(file)), true);
  }

  /// A log that only counts, for a server that runs for a long time.
  public static RequestLog countsOnly() {
    return new RequestLog(Optional.empty(), false);
  }

  /// A log that counts and writes to a file, one line per request: start and duration in µs,
  /// method, target, range, status, bytes, separated by tabs.
  public static RequestLog toFile(Path file) throws IOException {
    return new RequestLog(Optional.of(writer(file)), false);
  }

  private static Writer writer(Path file) throws IOException {
    return new BufferedWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8), 1 << 13);
  }

  synchronized StoreCounts counts() {
    return counts;
  }

  synchronized void begin() {
    inFlight++;
  }

  synchronized void end(StoreRequest r) {
    inFlight--;
    counts = counts.plus(r);
    if (keepsRequests) {
      ended.add(r);
    }
    notifyAll();
    StoreRequest.StoreResponse response = r.response();
    trace.ifPresent(out -> {
      try {
        out.write(
            String.format(
                "%d\t%d\t%s\t%s\t%s\t%d\t%d%n",
                (response.startNanos() - zeroNanos) / 1000,
                (response.endNanos() - response.startNanos()) / 1000,
                r.method(),
                r.target(),
                r.range(),
                response.status(),
                response.bytes()));
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write the trace: " + e.getMessage(), e);
      }
    });
  }

  /// The current position in the log: the number of requests kept so far.
  public synchronized int mark() {
    return ended.size();
  }

  /// The requests that ended since a position.
  public synchronized List<StoreRequest> since(int mark) {
    return List.copyOf(ended.subList(mark, ended.size()));
  }

  /// Waits until no request is in flight, at most `timeout`.
  ///
  /// @return true where no request is in flight
  public synchronized boolean awaitQuiet(Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (inFlight > 0) {
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
