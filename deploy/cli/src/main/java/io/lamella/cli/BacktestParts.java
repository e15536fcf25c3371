package io.lamella.cli;

import io.lamella.cli.GatewayFailure.Kind;
import io.lamella.gateway.backtest.VerdictRange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Divides the parts of a backtest over gateways, and passes on what they send in the order of the
/// parts.
///
/// A gateway takes the next part as it becomes free. A part that failed goes to another gateway;
/// one that takes far longer than the others is asked of a second one as well, and who is ahead of
/// the other tells the verdicts. Both is possible since a part has the same verdicts everywhere.
/// Thread-safe.
final class BacktestParts {
  /// Failures in a row after which a gateway is not asked again.
  private static final int MAX_FAILURES = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  /// How long gateways that have not answered are waited for before verdicts of others are used.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// The longest time between two lines: servers tell how far they are.
  private static final Duration MAX_SILENCE = Duration.ofMinutes(1);

  private static final Duration LEAST_HEDGED = Duration.ofSeconds(1);
  private static final int POLL_MILLIS = 100;

  private final Map<String, Gateway> gateways = new LinkedHashMap<>();
  private final List<BacktestPart> parts = new ArrayList<>();
  private final long maxWaitingBytes;
  private final List<String> warnings = new ArrayList<>();
  private final Cost ended = new Cost();
  private int ahead;
  private int turn;
  private long waitingBytes;
  private int timed;
  private long timedNanos;
  private @Nullable IOException failure;
  private boolean isClosed;

  /// A gateway that takes part.
  private static final class Gateway {
    private final int first;
    private int failures;
    private long pausedUntil = System.nanoTime();
    private String reason = "";
    private boolean isRetired;
    private @Nullable PartHead head;
    private long heardFirst;

    /// @param first the part with which it begins
    Gateway(int first) {
      this.first = first;
    }
  }

  /// @param addresses of the gateways
  /// @param count of the parts, at least one for each gateway
  /// @param maxWaitingBytes memory of verdicts ahead of their turn
  BacktestParts(Collection<String> addresses, int count, long maxWaitingBytes) {
    addresses.forEach(a -> gateways.put(a, new Gateway(gateways.size())));
    for (int i = 0; i < count; i++) {
      parts.add(new BacktestPart());
    }
    this.ahead = 3 * addresses.size();
    this.maxWaitingBytes = maxWaitingBytes;
  }

  int count() {
    return parts.size();
  }

  private Gateway gateway(String address) {
    Gateway out = gateways.get(address);
    if (out == null) {
      throw new IllegalArgumentException("no gateway: " + address);
    }
    return out;
  }

  /// The next part for a gateway, once there is one; empty where it is no longer needed.
  synchronized Optional<PartAttempt> next(String address) throws InterruptedException {
    Gateway g = gateway(address);
    while (!isClosed && !g.isRetired && !parts.stream().allMatch(BacktestPart::isDone)) {
      if (System.nanoTime() - g.pausedUntil >= 0) {
        Optional<Integer> part =
            first(address, p -> p.running().isEmpty()).or(() -> first(address, this::isSlow));
        if (part.isPresent()) {
          PartAttempt out = new PartAttempt(address, part.get());
          parts.get(part.get()).running().add(out);
          return Optional.of(out);
        }
      }
      wait(POLL_MILLIS);
    }
    return Optional.empty();
  }

  private Optional<Integer> first(String address, Predicate<BacktestPart> which) {
    for (int i = turn; i < Math.min(parts.size(), turn + ahead); i++) {
      if (!parts.get(i).isDone() && which.test(parts.get(i)) && isFor(address, i)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  /// Whether a gateway may take a part. Each begins with a part of its own, so that all are asked
  /// what they have.
  private boolean isFor(String address, int number) {
    BacktestPart p = parts.get(number);
    if (p.running().stream().anyMatch(a -> a.gateway().equals(address))) {
      return false;
    }
    for (Map.Entry<String, Gateway> other : gateways.entrySet()) {
      if (other.getKey().equals(address) || other.getValue().isRetired) {
        continue;
      }
      boolean isKept =
          other.getValue().first == number
              && other.getValue().head == null
              && p.running().isEmpty();
      if ((isKept || p.hasFailedAt(address)) && !p.hasFailedAt(other.getKey())) {
        return false;
      }
    }
    return true;
  }

  private boolean isSlow(BacktestPart p) {
    return timed > 0
        && p.running().size() == 1
        && p.running().getFirst().ageNanos()
            > Math.max(LEAST_HEDGED.toNanos(), 2 * timedNanos / timed);
  }

  /// The snapshot that a gateway is to judge a part over; empty where it has not said one yet.
  synchronized Optional<String> snapshot(String address) {
    return Optional.ofNullable(gateway(address).head).map(PartHead::snapshot);
  }

  /// Takes what a gateway says of a part.
  ///
  /// @throws GatewayFailure where it contradicts what was said before
  synchronized void started(PartAttempt by, PartHead head) throws GatewayFailure {
    Gateway own = gateway(by.gateway());
    for (Map.Entry<String, Gateway> e : gateways.entrySet()) {
      PartHead other = e.getValue().head;
      if (other != null) {
        boolean isOwn = e.getValue() == own;
        Optional<String> difference =
            other.difference(head, e.getKey(), by.gateway() + (isOwn ? " a moment later" : ""));
        difference.ifPresent(d ->
            fail(
                new IOException(
                    "cannot divide the backtest: "
                        + d
                        + "; give gateways of one version that serve the same blocks")));
      }
    }
    VerdictRange known = parts.get(by.part()).numbers();
    if (known != null && !known.equals(head.numbers())) {
      throw new GatewayFailure(
          Kind.UNUSABLE, "its part has verdicts " + head.numbers() + ", elsewhere " + known);
    }
    parts.get(by.part()).start(head.numbers());
    by.started(head.numbers());
    if (own.head == null) {
      own.head = head;
      own.heardFirst = System.nanoTime();
    }
    notifyAll();
  }

  /// Takes the next verdict of a part. Waits while enough of the part whose turn it is waits.
  synchronized void add(PartAttempt by, String line) throws InterruptedException {
    long place = by.next();
    BacktestPart part = parts.get(by.part());
    while (by.part() == turn && part.lines().bytes() > maxWaitingBytes / 4 && !by.isCancelled()) {
      wait(POLL_MILLIS);
    }
    if (by.isCancelled()) {
      return;
    }
    waitingBytes += part.add(place, line);
    if (by.part() == turn) {
      notifyAll();
    } else if (waitingBytes > maxWaitingBytes) {
      // Too much waits for parts before it. From now on, parts are asked in their turn only.
      ahead = 1;
      part.running().forEach(a -> ended.add(a.progress()));
      waitingBytes -= part.clear();
    }
  }

  /// A gateway is done with a part.
  synchronized void finished(PartAttempt by) {
    if (hasEnded(by)) {
      return;
    }
    BacktestPart part = parts.get(by.part());
    part.end();
    timed++;
    timedNanos += by.ageNanos();
    gateway(by.gateway()).failures = 0;
    notifyAll();
  }

  /// @return whether nobody waits for it any more
  private boolean hasEnded(PartAttempt a) {
    boolean isKnown = parts.get(a.part()).running().remove(a);
    if (isKnown) {
      ended.add(a.progress());
    }
    return !isKnown || a.isCancelled();
  }

  /// A gateway has not judged a part.
  synchronized void failed(PartAttempt by, GatewayFailure e) {
    if (hasEnded(by)) {
      return;
    }
    BacktestPart part = parts.get(by.part());
    Gateway g = gateway(by.gateway());
    g.reason = String.valueOf(e.getMessage());
    g.failures++;
    g.pausedUntil = System.nanoTime() + (FIRST_PAUSE.toNanos() << 2 * (g.failures - 1));
    boolean tooOften = part.failed(by, e.kind());
    if (e.kind() == Kind.UNUSABLE || g.failures >= MAX_FAILURES) {
      g.isRetired = true;
      warnings.add(by.gateway() + " is not asked any more: " + g.reason);
    }
    if (gateways.values().stream().allMatch(x -> x.isRetired)) {
      fail(
          new IOException(
              "cannot finish the backtest: no gateway is left: "
                  + gateways.entrySet().stream()
                      .map(x -> x.getKey() + ": " + x.getValue().reason)
                      .collect(Collectors.joining("; "))));
    } else if (tooOften) {
      fail(
          new IOException(
              "cannot finish the backtest: part "
                  + (by.part() + 1)
                  + " of "
                  + parts.size()
                  + " broke off "
                  + BacktestPart.MAX_BROKEN_OFF
                  + " times, the last time at "
                  + by.gateway()
                  + ": "
                  + g.reason));
    }
    notifyAll();
  }

  /// Ends the backtest.
  synchronized void fail(IOException e) {
    if (failure == null) {
      failure = e;
    }
    close();
  }

  /// Closes all connections; no gateway is asked any more.
  synchronized void close() {
    isClosed = true;
    parts.forEach(p -> p.running().forEach(PartAttempt::cancel));
    notifyAll();
  }

  /// What all gateways say that have answered: all of them, or those that did not take far longer
  /// than the first.
  ///
  /// @throws IOException where the backtest has failed
  synchronized PartHead head() throws IOException, InterruptedException {
    while (true) {
      check();
      Optional<Gateway> first =
          gateways.values().stream()
              .filter(g -> g.head != null)
              .min((a, b) -> Long.signum(a.heardFirst - b.heardFirst));
      boolean isComplete =
          gateways.values().stream().allMatch(g -> g.head != null || g.isRetired)
              || parts.stream().allMatch(BacktestPart::isDone);
      if (first.isPresent()
          && first.get().head instanceof PartHead head
          && (isComplete || System.nanoTime() - first.get().heardFirst > PATIENCE.toNanos())) {
        return head;
      }
      wait(POLL_MILLIS);
    }
  }

  /// Waits a while for verdicts of a part, in the order of the parts.
  ///
  /// @return the next verdicts; empty where there are none yet or none any more
  /// @throws IOException where the backtest has failed
  synchronized Optional<PartLines.Block> take(int number) throws IOException, InterruptedException {
    if (turn != number) {
      turn = number;
      notifyAll();
    }
    BacktestPart part = parts.get(number);
    long waiting = part.lines().bytes();
    if (waiting == 0 && !part.isDone()) {
      wait(POLL_MILLIS);
      waiting = part.lines().bytes();
    }
    check();
    Optional<PartLines.Block> out = part.lines().take();
    waitingBytes -= waiting - part.lines().bytes();
    return out;
  }

  private void check() throws IOException {
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
    BacktestPart p = parts.get(turn);
    for (PartAttempt a : List.copyOf(p.running())) {
      // Where verdicts wait here, it may be silent because they do.
      if (p.lines().bytes() == 0 && a.hasStarted() && a.silentNanos() > MAX_SILENCE.toNanos()) {
        failed(a, new GatewayFailure(Kind.BROKE_OFF, "it was silent for " + MAX_SILENCE));
        a.cancel();
      }
    }
  }

  /// The numbers of a part whose verdicts were all taken; empty where more are to come.
  synchronized Optional<VerdictRange> done(int number) {
    BacktestPart p = parts.get(number);
    return p.isDone() && p.lines().bytes() == 0
        ? Optional.ofNullable(p.numbers())
        : Optional.empty();
  }

  /// What to tell about gateways, once each.
  synchronized List<String> warnings() {
    List<String> out = List.copyOf(warnings);
    warnings.clear();
    return out;
  }

  /// What the backtest has cost so far.
  synchronized Cost cost() {
    Cost out = new Cost();
    out.add(ended);
    parts.forEach(p -> p.running().forEach(a -> out.add(a.progress())));
    return out;
  }

  /// The verdicts that have arrived.
  synchronized long received() {
    return parts.stream().mapToLong(BacktestPart::received).sum();
  }
}
