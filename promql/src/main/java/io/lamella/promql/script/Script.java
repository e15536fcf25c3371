package io.lamella.promql.script;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.Regex;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A script that was read: its commands in order.
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
      @Nullable Window window,
      Expectations expectations)
      implements Command {
    boolean isInstant() {
      return stepMillis == 0;
    }
  }

  record Window(long from, long to, long step) {}

  /// What an `eval` shall give.
  ///
  /// @param failure present where it must fail
  /// @param scalar present where the result is a scalar
  record Expectations(
      Optional<Text> failure,
      List<Text> warnings,
      List<Text> infos,
      boolean noWarnings,
      boolean noInfos,
      boolean ordered,
      Optional<String> string,
      Optional<Double> scalar,
      List<Series> series) {}

  /// A text to be found: any, exactly this one, or one with a match.
  sealed interface Text {
    record Any() implements Text {}

    record Exactly(String text) implements Text {}

    record Matching(Regex regex) implements Text {}

    default boolean fits(String s) {
      return switch (this) {
        case Any _ -> true;
        case Exactly e -> e.text().equals(s);
        case Matching m -> m.regex().find(s);
      };
    }

    default String show() {
      return switch (this) {
        case Any _ -> "any";
        case Exactly e -> e.text();
        case Matching m -> "regex " + m.regex().text();
      };
    }
  }

  /// A result series: labels and an item a step, null for none.
  record Series(Labels labels, List<@Nullable Item> items) {}

  /// A value: a float or a histogram; `hinted` tells whether the histogram spells its hint out.
  record Item(double value, @Nullable Histogram histogram, boolean hinted) {}
}
