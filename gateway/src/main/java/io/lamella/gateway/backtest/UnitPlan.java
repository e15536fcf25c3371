package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.EvaluationUnit.JudgedWindow;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.StepTimes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/// Divides a backtest into units: windows with the same labels together, so that what they share is
/// read once, and not too many steps in one unit, so that its memory does not grow with the number
/// of windows.
final class UnitPlan {
  /// A unit with more steps has a single window.
  static final int MAX_STEPS = 20_000;

  /// Windows times rules of a unit, each of which has a state and a verdict.
  static final int MAX_VERDICTS = 2_000;

  /// Values of offending series that the verdicts of a unit may tell.
  private static final int MAX_VALUES = 200_000;

  /// Characters of values that are bound to the rules of a unit, unless it has a single rule. Each
  /// rule has a text of its own.
  private static final long MAX_BOUND_CHARACTERS = 500_000;

  /// What a unit, a window in it, and rules without a label of a window take.
  private static final long UNIT_BYTES = 500;

  private static final long WINDOW_BYTES = 100;
  private static final long UNBOUND_BYTES = 150;

  private UnitPlan() {}

  private static int maxVerdicts(Backtest.Detail detail) {
    return Math.min(MAX_VERDICTS, 1 + MAX_VALUES / Math.max(1, detail.valuesOfVerdict()));
  }

  /// What the rules of a unit have in common.
  ///
  /// @param alone a rule that depends on where a window begins sees one window at a time
  private record RuleGroup(
      Set<String> labels, long lead, long lag, boolean alone, boolean readsCalendar) {
    static RuleGroup of(Rule r) {
      return new RuleGroup(
          r.labels(), r.millis().lead(), r.millis().lag(), r.usesBounds(), r.readsCalendar());
    }
  }

  /// What the windows of a unit have in common.
  ///
  /// @param phase of their starts in the grid of steps
  /// @param calendarShift of the windows that they see as a metric
  private record WindowGroup(
      SortedMap<String, List<String>> labels, long phase, long calendarShift) {}

  /// Rules that cannot be evaluated for a window, because the window lacks a label.
  ///
  /// @param reason what the window lacks
  record Unbound(JudgedWindow window, List<Rule> rules, String reason) {}

  /// @param unbound have verdicts without evaluation
  /// @param calendar all windows, at all times at which they are judged; empty where no rule reads
  ///   them
  record Units(List<EvaluationUnit> units, List<Unbound> unbound, List<JudgedWindow> calendar) {}

  /// The units of some windows.
  ///
  /// @param judged at each time at which they are
  /// @param seen the labels of windows as rules see them
  /// @param memory for the units; it stays reserved
  static Units of(
      List<JudgedWindow> judged,
      List<Rule> rules,
      Backtest backtest,
      WindowLabels seen,
      MemoryAccount memory) {
    long stepMillis = backtest.stepMillis();
    int maxVerdicts = maxVerdicts(backtest.detail());
    Map<RuleGroup, List<Rule>> groups = new LinkedHashMap<>();
    rules.forEach(r -> groups.computeIfAbsent(RuleGroup.of(r), _ -> new ArrayList<>()).add(r));
    List<EvaluationUnit> units = new ArrayList<>();
    List<Unbound> unbound = new ArrayList<>();
    groups.forEach((group, members) -> {
      Map<WindowGroup, List<JudgedWindow>> windows = new LinkedHashMap<>();
      for (JudgedWindow w : judged) {
        SortedMap<String, List<String>> labels = seen.of(w);
        labels.keySet().retainAll(group.labels());
        String missing =
            group.labels().stream().filter(l -> !labels.containsKey(l)).findFirst().orElse("");
        if (missing.isEmpty()) {
          long phase = Math.floorMod(w.window().startMillis() - group.lead(), stepMillis);
          memory.reserve(WINDOW_BYTES);
          windows
              .computeIfAbsent(
                  new WindowGroup(labels, phase, group.readsCalendar() ? w.shiftMillis() : 0),
                  _ -> {
                    memory.reserve(UNIT_BYTES + WINDOW_BYTES * labels.size());
                    return new ArrayList<>();
                  })
              .add(w);
        } else {
          String reason = seen.missing(w, missing);
          memory.reserve(UNBOUND_BYTES + 2L * reason.length());
          unbound.add(new Unbound(w, members, reason));
        }
      }
      windows.forEach((w, all) -> {
        for (List<Rule> some : parts(members, w.labels())) {
          EvaluationUnit unit =
              new EvaluationUnit(all, some, w.labels(), w.calendarShift(), stepMillis);
          List<EvaluationUnit> parts = parts(unit, group.alone() ? 0 : MAX_STEPS, maxVerdicts);
          memory.reserve(UNIT_BYTES * parts.size());
          units.addAll(parts);
        }
      });
    });
    boolean readsCalendar = rules.stream().anyMatch(Rule::readsCalendar);
    return new Units(units, unbound, readsCalendar ? judged : List.of());
  }

  /// All windows at all times at which they are judged.
  static List<JudgedWindow> judged(Backtest backtest, MemoryAccount memory) {
    memory.reserve(WINDOW_BYTES * backtest.windows().size() * backtest.shiftsMillis().size());
    List<JudgedWindow> out = new ArrayList<>();
    for (int i = 0; i < backtest.windows().size(); i++) {
      for (long shift : backtest.shiftsMillis()) {
        out.add(new JudgedWindow(i, backtest.windows().get(i).shifted(-shift), shift));
      }
    }
    return out;
  }

  /// Divides rules by what is bound to them.
  private static List<List<Rule>> parts(List<Rule> rules, SortedMap<String, List<String>> labels) {
    long characters =
        labels.values().stream().flatMap(List::stream).mapToLong(v -> v.length() + 1).sum();
    int size = (int) Math.clamp(MAX_BOUND_CHARACTERS / Math.max(1, characters), 1, 10_000L);
    List<List<Rule>> out = new ArrayList<>();
    for (int i = 0; i < rules.size(); i += size) {
      out.add(rules.subList(i, Math.min(rules.size() - i, size) + i));
    }
    return out;
  }

  /// Divides a unit by time.
  private static List<EvaluationUnit> parts(EvaluationUnit unit, int maxSteps, int maxVerdicts) {
    List<JudgedWindow> sorted = new ArrayList<>(unit.judged());
    sorted.sort(
        Comparator.comparingLong((JudgedWindow w) -> w.window().startMillis())
            .thenComparingInt(JudgedWindow::number));
    List<EvaluationUnit> out = new ArrayList<>();
    List<JudgedWindow> part = new ArrayList<>();
    long steps = 0;
    long reached = Long.MIN_VALUE;
    for (JudgedWindow w : sorted) {
      TimeRange range = unit.evaluated(w);
      long from = Math.max(range.startMillis(), reached);
      long more =
          from > range.endMillis()
              ? 0
              : StepTimes.count(new TimeRange(from, range.endMillis()), unit.stepMillis());
      boolean isFull = (part.size() + 1L) * unit.rules().size() > maxVerdicts;
      if (!part.isEmpty() && (isFull || steps + more > maxSteps)) {
        out.add(unit.of(part));
        part = new ArrayList<>();
        steps = 0;
        reached = Long.MIN_VALUE;
        more = StepTimes.count(range, unit.stepMillis());
      }
      part.add(w);
      steps += more;
      reached = Math.max(reached, range.endMillis() + 1);
    }
    out.add(unit.of(part));
    return out;
  }
}
