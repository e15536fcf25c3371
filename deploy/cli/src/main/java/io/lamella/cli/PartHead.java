package io.lamella.cli;

import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.VerdictRange;
import io.lamella.gateway.backtest.Window;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What a gateway says of a part before its verdicts.
///
/// @param verdicts of the whole result
/// @param recorded windows that history told
/// @param numbers of the verdicts of this part
/// @param snapshot by which more parts of the same blocks are asked for
record PartHead(
    Basis basis, long verdicts, List<Window> recorded, VerdictRange numbers, String snapshot) {
  private static final Pattern SNAPSHOT = Pattern.compile("[0-9a-f]{1,64}");

  /// Reads a start line.
  static PartHead of(Map<?, ?> line) throws IOException {
    if (!"start".equals(line.get("type"))) {
      throw new IOException("the first line is no start line");
    }
    if (!(line.get("part") instanceof Map<?, ?> part)) {
      throw new IOException(
          "the server does not know parts of a backtest; it needs another version");
    }
    String snapshot = String.valueOf(part.get("snapshot"));
    if (!SNAPSHOT.matcher(snapshot).matches()) {
      throw new IOException("the start line has no snapshot: " + part);
    }
    try {
      return new PartHead(
          BacktestLine.basis(line),
          BacktestLine.allVerdicts(line),
          BacktestLine.recordedWindows(line),
          new VerdictRange(number(part, "from"), number(part, "to")),
          snapshot);
    } catch (IllegalArgumentException e) {
      throw new IOException("the start line has no numbers of verdicts: " + part, e);
    }
  }

  private static long number(Map<?, ?> line, String name) {
    return Long.parseLong(String.valueOf(line.get(name)));
  }

  /// The first thing in which another gateway's head of any part differs: both would not have the
  /// same result.
  ///
  /// @param own address of the gateway that sent this
  Optional<String> difference(PartHead other, String own, String others) {
    if (!basis.engine().equals(other.basis.engine())) {
      return Optional.of(
          own + " has engine " + basis.engine() + ", " + others + " has " + other.basis.engine());
    }
    if (!basis.blocks().equals(other.basis.blocks())) {
      return Optional.of(blocks(other, own, others));
    }
    if (!basis.request().equals(other.basis.request())) {
      return Optional.of(
          own
              + " has read a request with SHA-256 "
              + basis.request()
              + ", "
              + others
              + " one with "
              + other.basis.request());
    }
    if (!snapshot.equals(other.snapshot)) {
      return Optional.of(
          own + " and " + others + " have different associations, lookback or features");
    }
    if (!recorded.equals(other.recorded)) {
      return Optional.of(own + " and " + others + " find different windows by windows_from");
    }
    return verdicts == other.verdicts
        ? Optional.empty()
        : Optional.of(own + " has " + verdicts + " verdicts, " + others + " has " + other.verdicts);
  }

  private String blocks(PartHead other, String own, String others) {
    TreeSet<String> only = new TreeSet<>(basis.blocks());
    only.removeAll(other.basis.blocks());
    TreeSet<String> onlyOther = new TreeSet<>(other.basis.blocks());
    onlyOther.removeAll(basis.blocks());
    if (only.isEmpty() && onlyOther.isEmpty()) {
      return own + " and " + others + " have the same blocks in another order";
    }
    if (onlyOther.isEmpty() || !only.isEmpty() && only.first().compareTo(onlyOther.first()) <= 0) {
      return own + " has block " + only.first() + ", " + others + " has not";
    }
    return others + " has block " + onlyOther.first() + ", " + own + " has not";
  }
}
