package io.lamella.promql.script;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.Regex;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A parsed script: its commands in order.
public record Script(String file, List<Command> commands) {
  public Script {
    commands = List.copyOf(commands);
  }

  /// A command.
  public sealed interface Command {}

  record Clear() implements Command {}

  record Load(List<LoadedSeries> series) implements Command {}

  /// An `eval`.
  ///
  /// @param stepMillis 0 for an instant query
  /// @param window where the result is a range vector: from, to, step
  record Eval(
      int line,
      String query,
      long startMillis,
      long endMillis,
      long stepMillis,
      @Nullable ExpectedRange window,
      Expectations expectations)
      implements Command {
    boolean isInstant() {
      return stepMillis == 0;
    }

    /// Another instant query with the same expectations.
    Eval atTime(String newQuery, long timeMillis) {
      return new Eval(line, newQuery, timeMillis, timeMillis, 0, null, expectations);
    }

    /// The same query over a range of time.
    Eval over(long newStart, long newEnd, long newStep) {
      return new Eval(line, query, newStart, newEnd, newStep, null, expectations);
    }
  }

  record ExpectedRange(long from, long to, long step) {}

  /// The expected result of an `eval`.
  ///
  /// @param failure present where it must fail
  /// @param scalar present where the result is a scalar
  record Expectations(
      Optional<ExpectedText> failure,
      List<ExpectedText> warnings,
      List<ExpectedText> infos,
      boolean noWarnings,
      boolean noInfos,
      boolean ordered,
      Optional<String> string,
      Optional<Double> scalar,
      List<ExpectedSeries> series) {}

  /// An expected text: any, exactly this one, or one that matches a regular expression.
  sealed interface ExpectedText {
    record Any() implements ExpectedText {}

    record Exactly(String text) implements ExpectedText {}

    record MatchesRegex(Regex regex) implements ExpectedText {}

    default boolean fits(String s) {
      return switch (this) {
        case Any _ -> true;
        case Exactly e -> e.text().equals(s);
        case MatchesRegex m -> m.regex().find(s);
      };
    }

    default String show() {
      return switch (this) {
        case Any _ -> "any";
        case Exactly e -> e.text();
        case MatchesRegex m -> "regex " + m.regex().text();
      };
    }
  }

  /// An expected series: labels and an item for each step, null for none.
  record ExpectedSeries(Labels labels, List<@Nullable Item> items) {}

  /// A value: a float or a histogram; `hinted` is true where the histogram has an explicit counter
  /// reset hint.
  record Item(double value, @Nullable Histogram histogram, boolean hinted) {}
}
