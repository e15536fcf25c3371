package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.BacktestRun.Judged;
import io.lamella.gateway.backtest.EvaluationUnit.JudgedWindow;
import io.lamella.gateway.backtest.UnitPlan.Unbound;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.plan.SelectorReach;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/// Divides slots of windows into units. Rules that do not read windows as a metric see all slots
/// together, as they see windows. For those that do, the calendar has one window moved: only slots
/// of one window share a unit, and only those so far apart that no evaluation of one can see where
/// the other has the window.
record SlotUnits(Backtest backtest, List<Rule> rules, Judge judge) {
  /// What judges units of slots.
  ///
  /// @param derived the windows at their own times, and what rules record
  /// @param labels the labels of slots as rules see them
  record Judge(
      BacktestRun run,
      DerivedSeries derived,
      BiFunction<List<JudgedWindow>, MemoryAccount, WindowLabels> labels) {}

  /// @param units each with the calendar that it needs
  /// @param memory for what is here; it stays reserved
  record Plan(List<Supplier<Judged>> units, List<Unbound> unbound, MemoryAccount memory) {}

  /// The units of some slots. The window of a judged slot has the slot's number in the list as its
  /// id.
  ///
  /// @param memory for the units; it stays reserved
  Plan of(List<Candidate> slots, MemoryAccount memory) {
    Plan out = new Plan(new ArrayList<>(), new ArrayList<>(), memory);
    List<Rule> plain = rules.stream().filter(r -> !r.readsCalendar()).toList();
    List<Rule> reading = rules.stream().filter(Rule::readsCalendar).toList();
    List<JudgedWindow> all = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      for (long shift : backtest.shiftsMillis()) {
        all.add(judged(slots.get(i), i, shift));
      }
    }
    // Once for all: each lookup may have to read every block.
    WindowLabels seen = judge.labels().apply(all, memory);
    if (!plain.isEmpty()) {
      add(out, plain, all, seen, judge::run);
    }
    if (!reading.isEmpty()) {
      apart(slots, reading)
          .forEach(group -> {
            int number = slots.get(group.getFirst()).walk().number();
            for (long shift : backtest.shiftsMillis()) {
              List<JudgedWindow> judged =
                  group.stream().map(i -> judged(slots.get(i), i, shift)).toList();
              List<Window> open = judged.stream().map(JudgedWindow::window).toList();
              add(
                  out,
                  reading,
                  judged,
                  seen,
                  () -> judge.run().with(judge.derived().calendar().moved(number, shift, open)));
            }
          });
    }
    return out;
  }

  private static JudgedWindow judged(Candidate c, int number, long shift) {
    Window w = c.window();
    return new JudgedWindow(
        number,
        new Window(
            Integer.toString(number), w.startMillis() - shift, w.endMillis() - shift, w.labels()),
        shift);
  }

  private void add(
      Plan to,
      List<Rule> some,
      List<JudgedWindow> judged,
      WindowLabels seen,
      Supplier<BacktestRun> by) {
    UnitPlan.Units units = UnitPlan.of(judged, some, backtest, seen, to.memory());
    units.units().forEach(u -> to.units().add(() -> by.get().judge(u)));
    to.unbound().addAll(units.unbound());
  }

  /// Slots of one window each, by their numbers in order of time, that do not see each other.
  private List<List<Integer>> apart(List<Candidate> slots, List<Rule> reading) {
    Map<Integer, List<Integer>> byWindow = new TreeMap<>();
    for (int i = 0; i < slots.size(); i++) {
      byWindow.computeIfAbsent(slots.get(i).walk().number(), _ -> new ArrayList<>()).add(i);
    }
    List<List<Integer>> out = new ArrayList<>();
    for (List<Integer> numbers : byWindow.values()) {
      numbers.sort(Comparator.comparingLong(i -> slots.get(i).window().startMillis()));
      Window w = slots.get(numbers.getFirst()).window();
      long length = w.endMillis() - w.startMillis();
      long distance = length + 1 + reach(reading, length);
      List<List<Integer>> groups = new ArrayList<>();
      for (int i : numbers) {
        long start = slots.get(i).window().startMillis();
        groups.stream()
            .filter(g -> start - slots.get(g.getLast()).window().startMillis() >= distance)
            .findFirst()
            .ifPresentOrElse(g -> g.add(i), () -> groups.add(new ArrayList<>(List.of(i))));
      }
      out.addAll(groups);
    }
    return out;
  }

  /// How far from a window's own time an evaluation may see windows; more than any time where an
  /// `@` fixes that, or where it sees them through what rules record.
  ///
  /// @param lengthMillis of the windows
  private long reach(List<Rule> reading, long lengthMillis) {
    long out = 0;
    for (Rule r : reading) {
      for (SelectorReach s : r.reaches().of(lengthMillis + r.millis().lead() + r.millis().lag())) {
        if (!judge.derived().rules().readCalendar(s.matchers())) {
          continue;
        }
        if (s.times().isFixed() || !CalendarSource.reads(s.matchers())) {
          return Long.MAX_VALUE / 4;
        }
        out = Math.max(out, r.millis().lead() - s.fromMillis());
        out = Math.max(out, r.millis().lag() + s.toMillis());
      }
    }
    return out;
  }
}
