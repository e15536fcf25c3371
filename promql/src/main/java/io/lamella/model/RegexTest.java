package io.lamella.model;

import java.util.LinkedHashSet;
import java.util.Set;

/// Turns a regular expression into the simplest equivalent [StringTest]: an alternation of literals
/// becomes a set, `literal.*` a prefix, `.+` a test for emptiness; the rest stays a pattern.
///
/// RE2/J is linear in the input but several times slower than a set look-up, and planning needs the
/// sets.
final class RegexTest {
  /// More alternatives than this stay a pattern.
  private static final int MAX_ALTERNATIVES = 100_000;

  private RegexTest() {}

  static StringTest compile(String regex) {
    // Literals cannot be malformed, and there may be thousands of them.
    Set<String> plain = alternation(regex);
    if (plain != null) {
      return new StringTest.OneOf(plain);
    }
    // Compiled in every other case: a malformed expression must fail whatever its shape.
    Regex compiled = Regex.compileDotAll(regex);
    if (regex.equals(".*")) {
      return new StringTest.Prefix("");
    }
    if (regex.equals(".+")) {
      return new StringTest.NotEmpty();
    }
    String body = withoutGroup(regex);
    Set<String> literals = alternation(body);
    if (literals != null) {
      return new StringTest.OneOf(literals);
    }
    int literal = literalLength(regex);
    if (literal > 0 && regex.substring(literal).equals(".*")) {
      return new StringTest.Prefix(unescape(regex.substring(0, literal)));
    }
    boolean alternates = regex.indexOf('|') >= 0;
    return new StringTest.Pattern(
        alternates ? "" : unescape(regex.substring(0, literal)), compiled);
  }

  /// True where nothing needs to be compiled.
  static boolean isPlain(String regex) {
    return alternation(regex) != null;
  }

  /// `(a|b)` and `(?:a|b)` as `a|b` where the parentheses are one pair around everything.
  private static String withoutGroup(String regex) {
    if (regex.length() < 2 || regex.charAt(0) != '(' || !regex.endsWith(")")) {
      return regex;
    }
    int from = regex.startsWith("(?:") ? 3 : 1;
    String inner = regex.substring(from, regex.length() - 1);
    return inner.indexOf('(') < 0 && inner.indexOf(')') < 0 && !inner.startsWith("?")
        ? inner
        : regex;
  }

  private static @org.jspecify.annotations.Nullable Set<String> alternation(String body) {
    Set<String> out = new LinkedHashSet<>();
    for (String part : body.split("\\|", -1)) {
      if (literalLength(part) != part.length() || out.size() > MAX_ALTERNATIVES) {
        return null;
      }
      out.add(unescape(part));
    }
    return out;
  }

  /// The length of the literal prefix; an escaped punctuation character counts as two.
  private static int literalLength(String s) {
    int i = 0;
    int last = 0;
    while (i < s.length()) {
      char c = s.charAt(i);
      last = i;
      if (c == '\\') {
        if (i + 1 >= s.length() || !isEscapablePunctuation(s.charAt(i + 1))) {
          return i;
        }
        i += 2;
      } else if (".+*?()[]{}^$|".indexOf(c) >= 0) {
        // A repetition applies to the character before it.
        return "*?{+".indexOf(c) >= 0 ? lastLiteral(s, i) : i;
      } else {
        i++;
      }
    }
    return Math.max(i, last);
  }

  /// The start of the last literal character before `end`: one UTF-16 unit, a surrogate pair or an
  /// escape.
  private static int lastLiteral(String s, int end) {
    if (end == 0) {
      return 0;
    }
    int i = 0;
    int last = 0;
    while (i < end) {
      last = i;
      i += s.charAt(i) == '\\' ? 2 : Character.charCount(s.codePointAt(i));
    }
    return last;
  }

  private static boolean isEscapablePunctuation(char c) {
    return c < 0x80 && !Character.isLetterOrDigit(c);
  }

  private static String unescape(String s) {
    if (s.indexOf('\\') < 0) {
      return s;
    }
    StringBuilder out = new StringBuilder(s.length());
    for (int i = 0; i < s.length(); i++) {
      if (s.charAt(i) == '\\') {
        i++;
      }
      out.append(s.charAt(i));
    }
    return out.toString();
  }
}
