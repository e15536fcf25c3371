package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.GatewayFailure.Kind;
import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.VerdictRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which gateway is asked for which part, and what is passed on.
class BacktestPartsTest {
  private static final Basis BASIS = new Basis("r", "e", List.of("b"));

  private static PartAttempt started(BacktestParts parts, String gateway) throws Exception {
    PartAttempt out = parts.next(gateway).orElseThrow();
    int part = out.part();
    parts.started(
        out, new PartHead(BASIS, 30, List.of(), new VerdictRange(10 * part, 10 * part + 10), "5"));
    return out;
  }

  private static void add(BacktestParts parts, PartAttempt to, int from, int until)
      throws Exception {
    for (int i = from; i < until; i++) {
      parts.add(to, to.part() + ":" + i);
    }
  }

  private static List<String> taken(BacktestParts parts, int part) throws Exception {
    List<String> out = new ArrayList<>();
    Optional<PartLines.Block> some = parts.take(part);
    while (some.isPresent()) {
      out.addAll(some.get().lines());
      some = parts.take(part);
    }
    return out;
  }

  private static List<String> lines(int part) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      out.add(part + ":" + i);
    }
    return out;
  }

  @Test
  void eachGatewayBeginsWithAPartOfItsOwn() throws Exception {
    BacktestParts parts = new BacktestParts(List.of("a", "b", "c"), 12, 1 << 20);

    assertEquals(2, parts.next("c").orElseThrow().part());
    assertEquals(1, parts.next("b").orElseThrow().part());
    assertEquals(0, parts.next("a").orElseThrow().part());
    assertEquals(3, parts.next("b").orElseThrow().part());
  }

  @Test
  void aSecondAttemptAtAPartLeavesNoGapAndNoDuplicate() throws Exception {
    BacktestParts parts = new BacktestParts(List.of("a", "b"), 2, 1 << 20);
    PartAttempt first = started(parts, "a");
    PartAttempt other = started(parts, "b");
    add(parts, first, 0, 4);
    assertEquals(4, taken(parts, 0).size());
    parts.failed(first, new GatewayFailure(Kind.BROKE_OFF, "it ended"));
    add(parts, other, 0, 10);
    parts.finished(other);

    PartAttempt second = started(parts, "b");
    add(parts, second, 0, 10);
    parts.finished(second);

    assertEquals(0, second.part());
    assertEquals(lines(0).subList(4, 10), taken(parts, 0));
    assertEquals(lines(1), taken(parts, 1));
    assertEquals(Optional.of(new VerdictRange(10, 20)), parts.done(1));
  }

  @Test
  void whatIsTooFarAheadIsAskedForAgainInItsTurn() throws Exception {
    BacktestParts parts = new BacktestParts(List.of("a", "b"), 3, 30);
    PartAttempt first = started(parts, "a");
    PartAttempt ahead = started(parts, "b");
    add(parts, ahead, 0, 10);
    assertTrue(ahead.isCancelled());
    add(parts, first, 0, 1);
    assertEquals(List.of("0:0"), taken(parts, 0));
    for (int i = 1; i < 10; i++) {
      add(parts, first, i, i + 1);
      taken(parts, 0);
    }
    parts.finished(first);
    parts.take(1);

    PartAttempt again = started(parts, "b");
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      add(parts, again, i, i + 1);
      all.addAll(taken(parts, 1));
    }

    assertEquals(1, again.part());
    assertEquals(lines(1), all);
  }

  @Test
  void aPartThatAlwaysBreaksOffDoesNotEndAllGateways() throws Exception {
    BacktestParts parts = new BacktestParts(List.of("a", "b", "c", "d"), 4, 1 << 20);
    List<PartAttempt> begun = new ArrayList<>();
    for (String gateway : List.of("d", "c", "b", "a")) {
      begun.add(started(parts, gateway));
    }
    for (int i = 0; i < 3; i++) {
      parts.finished(begun.get(i));
    }
    parts.failed(begun.get(3), new GatewayFailure(Kind.BROKE_OFF, "reset"));
    for (String gateway : List.of("b", "c")) {
      parts.failed(started(parts, gateway), new GatewayFailure(Kind.BROKE_OFF, "reset"));
    }

    IOException e = assertThrows(IOException.class, () -> parts.take(0));
    assertEquals(
        "cannot finish the backtest: part 1 of 4 broke off 3 times, the last time at c: reset",
        e.getMessage());
    assertEquals(Optional.empty(), parts.next("d"));
  }

  @Test
  void manyLinesThatWaitAreCompressed() {
    PartLines lines = new PartLines();
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      String line = "{\"type\":\"verdict\",\"number\":" + i + ",\"window\":\"w\u00e9" + i + "\"}";
      all.add(line);
      lines.add(line);
    }

    assertTrue(lines.bytes() < 500_000, () -> "" + lines.bytes());
    List<String> out = new ArrayList<>();
    for (Optional<PartLines.Block> b = lines.take(); b.isPresent(); b = lines.take()) {
      out.addAll(b.get().lines());
    }
    assertEquals(all, out);
    assertEquals(0, lines.bytes());
  }
}
