package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.backtest.request.RequestFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A result that is resumed has only verdicts that its request asks for, each once.
class ResumedBacktestTest {
  private static final String REQUEST =
      """
      windows: [{id: a, start: 0, duration: 1h}, {id: b, start: 0, duration: 1h}]
      constraints: [{name: low, expr: up < $p}, {name: high, expr: up > 5}]
      sweep: {p: [1, 2]}
      shift: [0s, 7d]
      """;

  @TempDir private Path directory;

  private final RequestFile request;
  private final Backtest backtest;

  /// Verdicts on the first window, after the line that begins a result.
  private final List<String> lines = new ArrayList<>();

  ResumedBacktestTest() throws IOException {
    request = RequestFile.read(REQUEST, _ -> "");
    backtest = BacktestReader.read(request.json());
  }

  @BeforeEach
  void windowThatIsDone() throws Exception {
    lines.add(start(12));
    for (String shift : List.of("0", "604800")) {
      lines.add(verdict("a", shift, "low", "{\"p\":\"1\"}"));
      lines.add(verdict("a", shift, "low", "{\"p\":\"2\"}"));
      lines.add(verdict("a", shift, "high", "{}"));
    }
  }

  private String start(int verdicts) throws Exception {
    String digest =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(request.json().getBytes(StandardCharsets.UTF_8)));
    return "{\"type\":\"start\",\"request\":\"%s\",\"engine\":\"e\",\"blocks\":[],\"verdicts\":%d}"
        .formatted(digest, verdicts);
  }

  private static String verdict(String window, String shift, String constraint, String parameters) {
    return "{\"type\":\"verdict\",\"window\":\"%s\",\"shift_seconds\":%s,\"constraint\":\"%s\","
            .formatted(window, shift, constraint)
        + "\"parameters\":%s,\"verdict\":\"ok\",\"evidence\":{\"query\":\"up\","
            .formatted(parameters)
        + "\"start\":\"1970-01-01T00:00:00Z\",\"end\":\"1970-01-01T01:00:00Z\",\"step_seconds\":60}}";
  }

  private ResumedBacktest read() throws IOException {
    Path file = Files.write(directory.resolve("part.ndjson"), lines);
    return ResumedBacktest.read(file, backtest, request);
  }

  private void assertRefused(String reason) {
    IOException e = assertThrows(IOException.class, this::read);
    assertEquals(
        "cannot resume from " + directory.resolve("part.ndjson") + ": " + reason, e.getMessage());
  }

  @Test
  void aWindowWithAllItsVerdictsIsDone() throws Exception {
    assertEquals(Set.of("a"), read().done());
  }

  @Test
  void aVerdictThatIsThereTwiceStandsForNoOther() {
    lines.set(4, lines.get(2));

    assertRefused("line 5: a second verdict of constraint \"low\" on window \"a\"");
  }

  @ParameterizedTest
  @CsvSource({
    "c, 0, high, {}, no window \"c\"",
    "a, 60, high, {}, no shift of 60000 ms",
    "a, 0, other, {}, no constraint \"other\""
  })
  void whatTheRequestDoesNotHaveIsRefused(
      String window, String shift, String constraint, String parameters, String what) {
    lines.set(3, verdict(window, shift, constraint, parameters));

    assertRefused("line 4: the request has " + what);
  }

  @ParameterizedTest
  @CsvSource({"low, {}", "low, {\"p\":\"3\"}", "high, {\"p\":\"1\"}"})
  void otherParametersAreRefused(String constraint, String parameters) {
    lines.set(3, verdict("a", "0", constraint, parameters));

    IOException e = assertThrows(IOException.class, this::read);
    assertTrue(
        e.getMessage().contains("line 4: the request does not judge constraint"), e::getMessage);
  }

  @Test
  void anotherNumberOfVerdictsIsRefused() throws Exception {
    lines.set(0, start(4));

    assertRefused(
        "its first line tells of 4 verdicts, but the request has 2 windows with 6 verdicts each");
  }

  @Test
  void aResultAfterAnotherIsRefused() {
    lines.add(lines.getFirst());

    assertRefused("line 8: another result begins");
  }

  @Test
  void aLineThatIsCutIsNamedUnlessItIsTheLast() throws Exception {
    lines.add(lines.getLast().substring(0, 30));
    assertEquals(Set.of("a"), read().done());

    lines.add(lines.get(1));
    IOException e = assertThrows(IOException.class, this::read);
    assertTrue(e.getMessage().contains("line 8: cannot read a line"), e::getMessage);
  }

  @Test
  void aLineMayBeCutInTheMiddleOfACharacter() throws Exception {
    lines.add("{\"type\":\"verdict\",\"window\":\"\u00fc");
    byte[] whole = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    Path file = directory.resolve("part.ndjson");
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));

    assertEquals(Set.of("a"), ResumedBacktest.read(file, backtest, request).done());
  }

  @Test
  void aLineBeforeOneThatIsCutInACharacterIsNotCut() throws Exception {
    lines.add("{\"type\":\"ver");
    lines.add("{\"type\":\"verdict\",\"window\":\"\u00fc");
    byte[] whole = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    Path file = directory.resolve("part.ndjson");
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));

    assertThrows(IOException.class, () -> ResumedBacktest.read(file, backtest, request));
  }

  @Test
  void aLineBeforeTheLastIsUtf8() throws Exception {
    byte[] whole = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    whole[whole.length - lines.getLast().length() - 5] = (byte) 0xc3;
    Path file = Files.write(directory.resolve("part.ndjson"), whole);

    IOException e =
        assertThrows(IOException.class, () -> ResumedBacktest.read(file, backtest, request));
    assertEquals("cannot resume from " + file + ": it is not UTF-8", e.getMessage());
  }

  @Test
  void anotherEngineDoesNotGoOn() throws Exception {
    BacktestResult result = new BacktestResult(backtest, read());

    IOException e =
        assertThrows(
            IOException.class, () -> result.start(new Basis("another", "f", List.of()), 6));
    assertEquals(
        "cannot resume: the result that --resume names is of engine e, this one of f; run the backtest again without it",
        e.getMessage());
  }

  @Test
  void aDamagedFileIsReadOrRefused() throws Exception {
    byte[] whole = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    Path file = directory.resolve("part.ndjson");
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = whole.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] =
            (byte) random.nextInt(random.nextBoolean() ? 128 : 256);
      }
      Files.write(file, bytes);
      try {
        ResumedBacktest.read(file, backtest, request);
      } catch (IOException e) {
        assertTrue(e.getMessage().startsWith("cannot resume from "), "seed " + seed);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
