package io.lamella.cli;

import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.backtest.request.RequestFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
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
  /// What a line is read as that ends in the middle of a character.
  private static final String CUT = "{";

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
    try {
      return of(lines(file), backtest, digest(request.json()));
    } catch (CharacterCodingException e) {
      throw new IOException("cannot resume from " + file + ": it is not UTF-8", e);
    } catch (IOException e) {
      throw new IOException("cannot resume from " + file + ": " + e.getMessage(), e);
    }
  }

  /// The lines of a file, the last one perhaps cut in the middle of a character.
  private static List<String> lines(Path file) throws IOException {
    List<String> out = new ArrayList<>();
    // Each byte is a character here; ends of lines are no part of other characters of UTF-8.
    try (BufferedReader bytes = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      String next = bytes.readLine();
      while (next != null) {
        String line = next;
        next = bytes.readLine();
        try {
          out.add(utf8(line));
        } catch (CharacterCodingException e) {
          if (next != null || out.isEmpty()) {
            throw e;
          }
          // A cut line stays one, so that no line before it may be cut.
          out.add(CUT);
        }
      }
    }
    return out;
  }

  private static String utf8(String bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
        .toString();
  }

  private static ResumedBacktest of(List<String> lines, Backtest backtest, String digest)
      throws IOException {
    if (lines.isEmpty()) {
      throw new IOException("it is empty");
    }
    Map<?, ?> start = BacktestLine.parse(lines.getFirst());
    if (!"start".equals(start.get("type"))) {
      throw new IOException("its first line is no start line");
    }
    Basis basis = BacktestLine.basis(start);
    if (!basis.request().equals(digest)) {
      throw new IOException(
          "it is of another request: "
              + basis.request()
              + " vs "
              + digest
              + "; run the backtest without --resume");
    }
    long each = backtest.verdictsOfWindow();
    long all = BacktestLine.allVerdicts(start);
    int windows = backtest.windows().size();
    if (all % windows != 0 || all / windows != each) {
      throw new IOException(
          "its first line tells of "
              + all
              + " verdicts, but the request has "
              + windows
              + " windows with "
              + each
              + " verdicts each");
    }
    List<Verdict> verdicts = verdicts(lines, backtest);
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

  /// The verdicts of some lines, each of which the request asks for, and none twice.
  private static List<Verdict> verdicts(List<String> lines, Backtest backtest) throws IOException {
    ExpectedVerdicts expected = ExpectedVerdicts.of(backtest);
    Set<VerdictKey> known = new HashSet<>();
    List<Verdict> out = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      try {
        Map<?, ?> line = BacktestLine.parse(lines.get(i));
        if ("start".equals(line.get("type"))) {
          throw new IOException("another result begins");
        }
        if ("verdict".equals(line.get("type"))) {
          Verdict v = BacktestLine.verdict(line);
          expected.check(v);
          if (!known.add(VerdictKey.of(v))) {
            throw new IOException(
                "a second verdict of constraint \""
                    + v.constraint()
                    + "\" on window \""
                    + v.window()
                    + "\"");
          }
          out.add(v);
        }
      } catch (BacktestLine.NotJson e) {
        if (i < lines.size() - 1) {
          throw new IOException("line " + (i + 1) + ": " + e.getMessage(), e);
        }
        // The run ended in the middle of this line.
      } catch (IOException e) {
        throw new IOException("line " + (i + 1) + ": " + e.getMessage(), e);
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
