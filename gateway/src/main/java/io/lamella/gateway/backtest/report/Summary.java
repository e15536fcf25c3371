package io.lamella.gateway.backtest.report;

import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Counts the verdicts of a backtest, in all and of each constraint. Not thread-safe.
public final class Summary {
  /// A constraint with parameters of the sweep.
  ///
  /// @param parameters as text, for the order
  public record Rule(String constraint, String parameters) implements Comparable<Rule> {
    @Override
    public int compareTo(Rule o) {
      int c = constraint.compareTo(o.constraint);
      return c != 0 ? c : parameters.compareTo(o.parameters);
    }
  }

  private final Map<Outcome, Long> all = new EnumMap<>(Outcome.class);
  private final SortedMap<Rule, Map<Outcome, Long>> byRule = new TreeMap<>();

  public void add(Verdict v) {
    all.merge(v.outcome(), 1L, Long::sum);
    byRule
        .computeIfAbsent(new Rule(v.constraint(), parameters(v)), _ -> new EnumMap<>(Outcome.class))
        .merge(v.outcome(), 1L, Long::sum);
  }

  private static String parameters(Verdict v) {
    StringBuilder out = new StringBuilder();
    v.parameters()
        .forEach((name, value) ->
            out.append(out.isEmpty() ? "" : ", ").append(name).append('=').append(value));
    return out.toString();
  }

  /// The verdicts with this outcome.
  public long count(Outcome outcome) {
    return all.getOrDefault(outcome, 0L);
  }

  /// The verdicts of each rule by their outcomes, in order.
  public SortedMap<Rule, Map<Outcome, Long>> byRule() {
    return byRule;
  }

  /// The share of conflicts among the verdicts of a rule, 0 to 1.
  public static double conflictRate(Map<Outcome, Long> counts) {
    long sum = counts.values().stream().mapToLong(Long::longValue).sum();
    return sum == 0 ? 0 : (double) counts.getOrDefault(Outcome.CONFLICT, 0L) / sum;
  }
}
