package io.lamella.cli;

import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.VerdictRange;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Divides a backtest over several gateways. Each gets the whole request, since a constraint may
/// read all windows, and judges parts of it; the verdicts are passed on in the order in which a
/// single gateway tells them.
record DistributedBacktest(BacktestBody body, BacktestResult result, BacktestProgress progress) {
  /// Parts for each gateway, so that a slow one judges fewer; a part costs a reading of the
  /// request.
  private static final int PARTS_EACH = 4;

  /// Verdicts of a part, beyond which there are more parts.
  private static final int PART_VERDICTS = 20_000;

  private static final int MAX_PARTS = 1_000;

  /// The share of the heap for verdicts that are ahead of their turn.
  private static final int HEAP_SHARE = 8;

  /// How many parts a backtest has. Without the windows that history tells, which nobody knows yet.
  static int parts(Backtest backtest, int gateways) {
    double verdicts =
        (double) backtest.windows().size()
            * backtest.shiftsMillis().size()
            * backtest.constraints().size();
    for (List<String> values : backtest.sweep().values()) {
      verdicts *= values.size();
    }
    int needed = (int) Math.min(MAX_PARTS, Math.ceil(verdicts / PART_VERDICTS));
    return Math.max(PARTS_EACH * gateways, needed);
  }

  /// @param addresses of gateways
  /// @throws IOException where none is left, or they do not agree
  void to(List<String> addresses, int count) throws IOException, InterruptedException {
    BacktestParts parts =
        new BacktestParts(addresses, count, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    try (HttpClient client =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        PartCall call = new PartCall(client, body, parts);
        addresses.forEach(a -> threads.submit(() -> work(a, parts, call)));
        merge(parts);
      } finally {
        // Gateways that are still at something are to stop.
        parts.close();
        threads.shutdownNow();
        client.shutdownNow();
        parts.warnings().forEach(progress::warn);
      }
    }
  }

  private static void work(String address, BacktestParts parts, PartCall call) {
    try {
      for (Optional<PartAttempt> next = parts.next(address);
          next.isPresent();
          next = parts.next(address)) {
        call.run(next.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      parts.fail(new IOException("cannot ask " + address + " for a part of the backtest: " + e, e));
    }
  }

  private void merge(BacktestParts parts) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    PartHead head = parts.head();
    result.add(head.recorded());
    result.start(head.basis(), head.verdicts());
    long next = 0;
    for (int part = 0; part < parts.count(); part++) {
      Optional<VerdictRange> done = Optional.empty();
      while (done.isEmpty()) {
        Optional<PartLines.Block> some = parts.take(part);
        if (some.isPresent()) {
          for (String line : some.get().lines()) {
            result.verdict(BacktestLine.verdict(BacktestLine.parse(line)));
          }
        }
        tell(parts, head.verdicts(), begun);
        done = parts.done(part);
      }
      next = following(done.get(), next, part);
    }
    if (next != head.verdicts()) {
      throw new IOException(
          "cannot merge the backtest: " + next + " verdicts, expected " + head.verdicts());
    }
    progress.show(line(parts.cost(), next, next, begun));
    result.wasWhole();
  }

  private static long following(VerdictRange part, long next, int number) throws IOException {
    if (part.from() != next) {
      throw new IOException(
          "cannot merge the backtest: part "
              + (number + 1)
              + " begins with verdict "
              + part.from()
              + ", expected "
              + next);
    }
    return part.to();
  }

  /// Tells how far it is; the end is told once, when all is merged.
  private void tell(BacktestParts parts, long all, long begun) {
    parts.warnings().forEach(progress::warn);
    long received = parts.received();
    if (received < all) {
      progress.show(line(parts.cost(), received, all, begun));
    }
  }

  private static Map<String, String> line(Cost cost, long done, long all, long begun) {
    double elapsed = (System.nanoTime() - begun) / 1e9;
    Map<String, String> out = new LinkedHashMap<>(cost.members());
    out.put("verdicts_done", Long.toString(done));
    out.put("verdicts", Long.toString(all));
    if (done > 0) {
      out.put("eta_seconds", Double.toString(elapsed / done * (all - done)));
    }
    return out;
  }
}
