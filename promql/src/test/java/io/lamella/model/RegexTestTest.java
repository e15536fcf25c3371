package io.lamella.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.re2j.Pattern;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegexTestTest {
  private static final List<String> REGEXES =
      List.of(
          "",
          "a",
          "a|b",
          "a|",
          "|",
          "(a|b)",
          "(?:a|b)",
          "(?i:a)",
          "(?i)a|b",
          "a.*",
          ".*a",
          ".+",
          ".*",
          "a\\.b",
          "a\\|b",
          "ab*",
          "ab?",
          "ab+",
          "ab{2}",
          "é*",
          "é|x",
          "a$",
          "^a",
          "a^",
          "[ab]",
          "\\d",
          "a|b.*",
          "(a)|(b)",
          "((a|b))",
          "()",
          "(?:)",
          "a\\n",
          "\\Qa.b\\E",
          "a\\-b",
          "(a|b)c",
          "𝄞+",
          "a||b",
          "(?s:.)",
          "\\x41",
          "a.*b",
          "a.+",
          "(?i).*",
          "{",
          "a{",
          "x{1,2}y");
  private static final List<String> VALUES =
      List.of(
          "", "a", "b", "A", "B", "ab", "abb", "a.b", "axb", "a|b", "aa", "é", "éé", "x", "5", "\n",
          "a\n", "a\nb", "ac", "bc", "c", "a-b", "𝄞", "𝄞𝄞", "a{", "{", "xy", "xxy", "^a", "a$",
          "a^", "ba");

  @Test
  void everyFastPathEqualsTheAnchoredPattern() {
    for (String regex : REGEXES) {
      Pattern reference;
      try {
        reference = Pattern.compile("^(?s:" + regex + ")$");
      } catch (com.google.re2j.PatternSyntaxException e) {
        continue;
      }
      StringTest test = RegexTest.compile(regex);
      for (String value : VALUES) {
        assertEquals(
            reference.matcher(value).matches(),
            test.matches(value),
            "/" + regex + "/ on \"" + value + "\" as " + test);
      }
    }
  }
}
