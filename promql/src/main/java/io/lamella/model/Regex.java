package io.lamella.model;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;

/// A compiled regular expression in RE2's syntax, linear in the input. The only place that imports
/// RE2/J. Thread-safe.
public final class Regex {
  private final Pattern pattern;

  private Regex(Pattern pattern) {
    this.pattern = pattern;
  }

  /// @throws InvalidRegexException where the text is malformed
  public static Regex compile(String text) {
    return compile(text, 0);
  }

  /// As [#compile], but `.` matches a newline, too.
  ///
  /// @throws InvalidRegexException where the text is malformed
  public static Regex compileDotAll(String text) {
    return compile(text, Pattern.DOTALL);
  }

  private static Regex compile(String text, int flags) {
    try {
      return new Regex(Pattern.compile(text, flags));
    } catch (PatternSyntaxException e) {
      throw new InvalidRegexException(message(e, text), e);
    }
  }

  /// The message as Go's regexp package words it. RE2/J shows its flags as part of the pattern, and
  /// calls an unmatched closing parenthesis an internal error.
  private static String message(PatternSyntaxException e, String text) {
    String description = e.getDescription();
    String shown = e.getPattern() == null ? "" : e.getPattern();
    if (description.contains("internal error")) {
      description = "unexpected )";
      shown = text;
    }
    if (shown.equals("(?s)" + text)) {
      shown = text;
    }
    return "error parsing regexp: " + description + ": `" + shown + "`";
  }

  /// The text that was compiled.
  public String text() {
    return pattern.pattern();
  }

  /// True where the whole of `s` matches.
  public boolean matches(String s) {
    return pattern.matcher(s).matches();
  }

  /// True where some part of `s` matches.
  public boolean find(String s) {
    return pattern.matcher(s).find();
  }

  /// The groups of a match of the whole of `s`; empty where it does not match.
  public Optional<Groups> match(String s) {
    Matcher m = pattern.matcher(s);
    return m.matches() ? Optional.of(new Groups(pattern, m)) : Optional.empty();
  }

  /// The groups of one match. Group 0 is the whole match.
  public static final class Groups {
    private final Pattern pattern;
    private final Matcher matcher;

    private Groups(Pattern pattern, Matcher matcher) {
      this.pattern = pattern;
      this.matcher = matcher;
    }

    /// The text of the group with this number; empty where there is no such group, or it took no
    /// part in the match.
    public String group(int number) {
      String s = number < 0 || number > matcher.groupCount() ? null : matcher.group(number);
      return s == null ? "" : s;
    }

    /// The text of the group with this name, as for a number.
    public String group(String name) {
      return group(pattern.namedGroups().getOrDefault(name, -1));
    }
  }
}
