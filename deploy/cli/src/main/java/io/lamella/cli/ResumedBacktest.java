package io.lamella.cli;

import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.backtest.request.RequestFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The beginning of an earlier result in NDJSON. It is done with a window where all its verdicts
/// are there and none is an error. A verdict without evidence depends on all windows of the request
/// together, so its window is judged again.
record ResumedBacktest(
    Optional<Basis> given, long allVerdicts, List<Verdict> verdicts, Set<String> done) {
  static ResumedBacktest none() {
    return new ResumedBacktest(Optional.empty(), 0, List.of(), Set.of());
  }

  /// @throws IOException where it is not of this request
  static ResumedBacktest read(Path file, Backtest backtest, RequestFile request)
      throws IOException {
    if (backtest.windowsFrom().isPresent()) {
      throw new IOException(
          "cannot resume from "
              + file
              + ": only the server knows the windows of windows_from; run the backtest without --resume");
    }
    if (backtest.propose().isPresent()) {
      throw new IOException(
          "cannot resume from "
              + file
              + ": other times are looked for after all verdicts; run the backtest without --resume, or the request without propose");
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty()) {
      throw new IOException("cannot resume from " + file + ": it is empty");
    }
    Map<?, ?> start = BacktestLine.parse(lines.getFirst());
    if (!"start".equals(start.get("type"))) {
      throw new IOException("cannot resume from " + file + ": its first line is no start line");
    }
    Basis basis = BacktestLine.basis(start);
    String digest = digest(request.json());
    if (!basis.request().equals(digest)) {
      throw new IOException(
          "cannot resume from "
              + file
              + ": it is of another request: "
              + basis.request()
              + " vs "
              + digest
              + "; run the backtest without --resume");
    }
    List<Verdict> verdicts = verdicts(lines);
    long all = BacktestLine.allVerdicts(start);
    long each = all / backtest.windows().size();
    Map<String, Long> counts =
        verdicts.stream()
            .filter(v -> v.outcome() != Outcome.ERROR && v.evidence().isPresent())
            .collect(Collectors.groupingBy(Verdict::window, Collectors.counting()));
    Set<String> done =
        counts.entrySet().stream()
            .filter(e -> e.getValue() == each)
            .map(Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableSet());
    return new ResumedBacktest(
        Optional.of(basis),
        all,
        verdicts.stream().filter(v -> done.contains(v.window())).toList(),
        done);
  }

  private static List<Verdict> verdicts(List<String> lines) throws IOException {
    List<Verdict> out = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      Map<?, ?> line;
      try {
        line = BacktestLine.parse(lines.get(i));
      } catch (IOException e) {
        if (i == lines.size() - 1) {
          // The run ended in the middle of this line.
          break;
        }
        throw e;
      }
      if ("verdict".equals(line.get("type"))) {
        out.add(BacktestLine.verdict(line));
      }
    }
    return out;
  }

  private static String digest(String body) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean isGiven() {
    return given.isPresent();
  }

  Basis basis() {
    return given.orElseThrow();
  }

  boolean isDone(String window) {
    return done.contains(window);
  }
}
