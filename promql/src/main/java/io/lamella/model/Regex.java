package io.lamella.model;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;

/// A compiled regular expression in RE2's syntax, linear in the input. The only place that imports
/// RE2/J. Thread-safe.
public final class Regex {
  /// Reserved addresses; memory is used as far as a match needs it.
  private static final long DEEP_STACK_BYTES = 1L << 29;

  private final Pattern pattern;
  private volatile boolean isDeep;

  private Regex(Pattern pattern) {
    this.pattern = pattern;
  }

  /// @throws InvalidRegexException where the text is malformed or beyond the limits of Go's regexp
  ///   package
  public static Regex compile(String text) {
    return compile(text, 0);
  }

  /// As [#compile], but `.` matches a newline, too, and the limits leave room for the anchors that
  /// Prometheus puts around a matcher's expression.
  ///
  /// @throws InvalidRegexException where the text is malformed or beyond the limits of Go's regexp
  ///   package
  public static Regex compileDotAll(String text) {
    RegexLimits.check(text);
    RegexLimits.check("^(?s:" + text + ")$");
    return compile(text, Pattern.DOTALL);
  }

  /// The bytes of memory that a compiled expression takes, at most; 0 where it is malformed.
  ///
  /// @throws InvalidRegexException where it is beyond the limits of Go's regexp package
  public static long programBytes(String text) {
    return RegexLimits.check(text);
  }

  private static Regex compile(String text, int flags) {
    RegexLimits.check(text);
    try {
      return new Regex(Pattern.compile(text, flags));
    } catch (PatternSyntaxException e) {
      throw new InvalidRegexException(message(e, text), e);
    } catch (StackOverflowError e) {
      // The compiler nests alternatives with common prefixes, one level for each.
      throw new InvalidRegexException(
          "error parsing regexp: expression nests too deeply: `" + text + "`", e);
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
    return run(() -> pattern.matcher(s).matches());
  }

  /// True where some part of `s` matches.
  public boolean find(String s) {
    return run(() -> pattern.matcher(s).find());
  }

  /// The groups of a match of the whole of `s`; empty where it does not match.
  public Optional<Groups> match(String s) {
    Matcher m = pattern.matcher(s);
    return run(m::matches) ? Optional.of(new Groups(pattern, m)) : Optional.empty();
  }

  /// RE2/J follows optional parts by recursion: thousands of them in a row need more stack than a
  /// thread usually has. Such an expression is matched on a thread of its own from then on.
  private boolean run(BooleanSupplier match) {
    if (!isDeep) {
      try {
        return match.getAsBoolean();
      } catch (StackOverflowError e) {
        isDeep = true;
      }
    }
    FutureTask<Boolean> task = new FutureTask<>(match::getAsBoolean);
    new Thread(null, task, "regex", DEEP_STACK_BYTES).start();
    boolean interrupted = false;
    while (true) {
      try {
        return task.get();
      } catch (InterruptedException e) {
        // A match ends by itself; who interrupts looks for it between matches.
        interrupted = true;
      } catch (ExecutionException e) {
        throw new InvalidRegexException(
            "error parsing regexp: expression too large: `" + text() + "`", e);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
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
