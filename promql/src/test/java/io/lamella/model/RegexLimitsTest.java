package io.lamella.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Verdicts and messages are those of Prometheus 3.15 for `{a=~"…"}`.
class RegexLimitsTest {
  private static Matcher matcher(String regex) {
    return Matcher.of(Matcher.Type.REGEX, "a", regex);
  }

  private static String failure(String regex) {
    return assertThrows(InvalidRegexException.class, () -> matcher(regex)).text();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a{1000}",
        "(a{10}){100}",
        "(a{0}){1000}",
        "(a{1000}){1}",
        "(a{1000}){0,1}",
        "((a{2}){3}b{167}){1,}",
        "(?:a*)*",
        "a{,5}",
        "a{01}",
        "[a{1000}]{1000}",
        "\\Qa{1000}\\E{1000}",
        "x{1000,}",
        "((((((((((x{2}){2}){2}){2}){2}){2}){2}){2}){2}))"
      })
  void repeatsBelowTheLimitAreAccepted(String regex) {
    assertEquals(regex, matcher(regex).value());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "(((a{100}){100}){100}){100} ! {100}",
        "a{1001} ! {1001}",
        "(a{10}){101} ! {101}",
        "(a{10}){0,101} ! {0,101}",
        "(a{10,}){101} ! {101}",
        "((a{0}){1000}){1000} ! {1000}",
        "(a{1000}){2} ! {2}",
        "(a{1000}?){2}? ! {2}?",
        "(?:a{1000}){2} ! {2}",
        "(a|b{999}){2} ! {2}",
        "a{1,0} ! {1,0}",
        "(?P<n>a{1000}){2} ! {2}",
        "(?<n>a{1000}){2} ! {2}",
        "(x{1000,}){2} ! {2}",
        "((((((((((x{2}){2}){2}){2}){2}){2}){2}){2}){2}){2}) ! {2}"
      })
  void aProductOfRepeatsBeyondTheLimitIsRefused(String regex, String shown) {
    assertEquals("error parsing regexp: invalid repeat count: `" + shown + "`", failure(regex));
  }

  @Test
  void aUnicodeClassTakesTheMemoryOfItsRanges() {
    long bytes = Matcher.programBytes(Matcher.Type.REGEX, "\\pL".repeat(1_000));
    assertTrue(bytes > 3_600_000, bytes + " bytes");
  }

  @Test
  void deepNestingIsRefused() {
    assertEquals("a", "" + matcher("(".repeat(998) + "a" + ")".repeat(998)).value().charAt(998));
    for (int levels : new int[] {1_000, 20_000}) {
      String regex = "(".repeat(levels) + "a" + ")".repeat(levels);
      assertEquals(
          "error parsing regexp: expression nests too deeply: `" + regex + "`", failure(regex));
    }
    String lone = "(?:".repeat(1_000) + "a" + "b)*".repeat(1_000);
    assertTrue(failure(lone).contains("nests too deeply"));
  }

  @Test
  void groupsWithoutALevelOfTheirOwnMayNest() {
    assertTrue(matcher("(?:".repeat(2_000) + "a" + ")".repeat(2_000)).matches("a"));
  }

  @Test
  void aProgramBeyondTheLimitIsRefused() {
    String regex = "(?:" + "a".repeat(3_356) + "){1000}";
    assertEquals("error parsing regexp: expression too large: `" + regex + "`", failure(regex));
  }

  @Test
  void manyUnicodeClassesAreRefused() {
    String regex = "\\pL".repeat(30_000);
    assertEquals("error parsing regexp: expression too large: `" + regex + "`", failure(regex));
  }

  @Test
  void longTextsAreRefusedBeforeTheyAreCompiled() {
    String regex = "[ab]".repeat(400_000);
    String error = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> failure(regex));
    assertTrue(error.startsWith("error parsing regexp: expression too large"));
  }

  @Test
  void alternativesOfLiteralsMayBeLong() {
    StringBuilder regex = new StringBuilder("none");
    for (int i = 0; i < 50_000; i++) {
      regex.append("|pod-").append(i);
    }
    Matcher m = matcher(regex.toString());
    assertTrue(m.matches("pod-49999"));
    assertTrue(!m.matches("pod-50000"));
  }

  @Test
  void thousandsOfOptionalPartsMatchOnAnyThread() throws InterruptedException {
    Matcher m = matcher("(?:" + "a?b?c?d?".repeat(100) + "){1000}x");
    boolean[] matched = new boolean[1];
    Thread small = new Thread(null, () -> matched[0] = m.matches("abcdx"), "small", 1 << 17);
    small.start();
    small.join();
    assertTrue(matched[0]);
  }

  @ParameterizedTest
  @CsvSource({
    "(a, missing closing ): `(a`",
    "a), unexpected ): `a)`",
    "[a, missing closing ]: `[a`",
    "*a, missing argument to repetition operator: `*`",
    "a**, invalid nested repetition operator: `**`"
  })
  void malformedTextsKeepTheirMessages(String regex, String message) {
    assertEquals("error parsing regexp: " + message, failure(regex));
  }
}
