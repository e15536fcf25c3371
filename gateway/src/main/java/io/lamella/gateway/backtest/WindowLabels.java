package io.lamella.gateway.backtest;

import io.lamella.gateway.association.Association;
import io.lamella.gateway.backtest.EvaluationUnit.JudgedWindow;
import io.lamella.gateway.query.AssociationLookup;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The values that rules see for the names that they ask for: a window's own labels, and where it
/// has none of a name, the ids that an association of this type finds from another label of it, at
/// any time from the window's start to its end as it is judged.
final class WindowLabels {
  /// Lookups that are answered together.
  private static final int BATCH = 1_000;

  /// Values of windows in lookups that are answered together, unless one window has more.
  private static final int BATCH_VALUES = 100_000;

  /// Of values that an error shows.
  private static final int MAX_SHOWN = 200;

  /// The ids of one window. They are in the text of expressions.
  private static final int MAX_IDS = 10_000;

  /// Those of all windows, equal ones of several counted once.
  private static final long MAX_ALL_IDS = 2_000_000;

  /// What a window takes that is looked up, an id, and a mention of one.
  private static final long ENTRY_BYTES = 100;

  private static final long TEXT_BYTES = 64;
  private static final long REFERENCE_BYTES = 8;

  /// Answers lookups: for each the ids that are associated with any of its own.
  @FunctionalInterface
  interface Lookups {
    List<SortedSet<String>> find(List<AssociationLookup> lookups);
  }

  /// A name that a rule asks for, of a window where it is judged.
  private record Asked(int window, long shiftMillis, String name) {
    static Asked of(JudgedWindow w, String name) {
      return new Asked(w.number(), w.shiftMillis(), name);
    }
  }

  private final Backtest backtest;

  /// Types of associations that rules ask for.
  private final SortedSet<String> names;

  /// What is associated with a window.
  ///
  /// @param values none where there are more than [#MAX_IDS]
  private record Found(List<String> values, int count) {
    static final Found NOTHING = new Found(List.of(), 0);
  }

  private final Map<Asked, Found> found = new HashMap<>();
  private final Map<List<String>, Found> distinct = new HashMap<>();

  /// Each id once, however many windows have it.
  private final Map<String, String> texts = new HashMap<>();

  private final MemoryAccount memory;
  private long ids;

  private WindowLabels(Backtest backtest, SortedSet<String> names, MemoryAccount memory) {
    this.backtest = backtest;
    this.names = names;
    this.memory = memory;
  }

  /// @param lookbackMillis how long a sample counts
  /// @param memory for the ids; it stays reserved
  /// @throws QueryException.TooExpensive where too many ids are associated with the windows
  static WindowLabels of(
      Backtest backtest,
      List<Rule> rules,
      List<JudgedWindow> judged,
      long lookbackMillis,
      Lookups lookups,
      MemoryAccount memory) {
    SortedSet<String> names = new TreeSet<>();
    rules.forEach(r -> names.addAll(r.labels()));
    names.retainAll(backtest.associations().types());
    WindowLabels out = new WindowLabels(backtest, names, memory);
    if (!names.isEmpty()) {
      List<JudgedWindow> byTime = new ArrayList<>(judged);
      byTime.sort(Comparator.comparingLong(w -> w.window().startMillis()));
      for (int i = 0; i < byTime.size(); ) {
        int end = out.endOfBatch(byTime, i);
        out.read(byTime.subList(i, end), lookbackMillis, lookups);
        i = end;
      }
      out.distinct.clear();
      out.texts.clear();
    }
    return out;
  }

  /// The number of the first window that is not looked up together with that of a number.
  private int endOfBatch(List<JudgedWindow> windows, int from) {
    long values = 0;
    int end = from;
    while (end < windows.size() && end - from < BATCH) {
      for (String name : names) {
        Window w = windows.get(end).window();
        values += association(w, name).map(a -> own(w, a.from()).size()).orElse(0);
      }
      if (end > from && values > BATCH_VALUES) {
        break;
      }
      end++;
    }
    return end;
  }

  private void read(List<JudgedWindow> windows, long lookbackMillis, Lookups lookups) {
    Map<Asked, AssociationLookup> asked = new LinkedHashMap<>();
    for (JudgedWindow w : windows) {
      for (String name : names) {
        Optional<Association> association = association(w.window(), name);
        List<String> given = association.map(a -> own(w.window(), a.from())).orElse(List.of());
        if (association.isPresent() && !given.isEmpty()) {
          TimeRange range = new TimeRange(w.window().startMillis(), w.window().endMillis());
          asked.put(
              Asked.of(w, name),
              new AssociationLookup(
                  association.get(),
                  Optional.of(new TreeSet<>(given)),
                  AssociationLookup.reached(range, lookbackMillis)));
        }
      }
    }
    Map<AssociationLookup, Found> byLookup = new HashMap<>();
    find(asked.values().stream().distinct().toList(), lookups, byLookup);
    memory.reserve(ENTRY_BYTES * asked.size());
    asked.forEach((of, lookup) -> found.put(of, byLookup.getOrDefault(lookup, Found.NOTHING)));
  }

  /// Finds what lookups answer. Those that together need too much memory are divided: many windows
  /// may share ids, which are held once here but for each lookup while it runs.
  private void find(
      List<AssociationLookup> some, Lookups lookups, Map<AssociationLookup, Found> to) {
    if (some.isEmpty()) {
      return;
    }
    List<SortedSet<String>> answers;
    try {
      answers = lookups.find(some);
    } catch (QueryException.TooExpensive e) {
      if (some.size() == 1) {
        throw e;
      }
      find(some.subList(0, some.size() / 2), lookups, to);
      find(some.subList(some.size() / 2, some.size()), lookups, to);
      return;
    }
    for (int i = 0; i < some.size(); i++) {
      to.put(some.get(i), kept(answers.get(i)));
    }
  }

  private Found kept(SortedSet<String> answer) {
    if (answer.size() > MAX_IDS) {
      return new Found(List.of(), answer.size());
    }
    List<String> some = answer.stream().map(this::kept).toList();
    Found equal = distinct.get(some);
    if (equal != null) {
      return equal;
    }
    ids += some.size();
    if (ids > MAX_ALL_IDS) {
      // Not of the request: with other times of a window, it is found while the backtest runs.
      throw new QueryException.TooExpensive(
          "associations: more than "
              + MAX_ALL_IDS
              + " ids are associated with the windows; divide the backtest",
          MAX_ALL_IDS,
          ids);
    }
    memory.reserve(REFERENCE_BYTES * some.size());
    Found out = new Found(some, some.size());
    distinct.put(some, out);
    return out;
  }

  private String kept(String id) {
    String equal = texts.putIfAbsent(id, id);
    if (equal == null) {
      memory.reserve(TEXT_BYTES + 2L * id.length());
    }
    return equal == null ? id : equal;
  }

  /// The association that finds a name; empty where the window has a label of this name.
  private Optional<Association> association(Window w, String name) {
    return own(w, name).isEmpty() ? backtest.associations().find(name) : Optional.empty();
  }

  private static List<String> own(Window w, String label) {
    return w.labels().getOrDefault(label, List.of());
  }

  /// The values of all names that there are for a window.
  SortedMap<String, List<String>> of(JudgedWindow w) {
    SortedMap<String, List<String>> out = new TreeMap<>(w.window().labels());
    out.values().removeIf(List::isEmpty);
    for (String name : names) {
      List<String> values = found.getOrDefault(Asked.of(w, name), Found.NOTHING).values();
      if (!values.isEmpty()) {
        out.put(name, values);
      }
    }
    return out;
  }

  private static String shown(List<String> values) {
    StringBuilder out = new StringBuilder();
    for (String v : values) {
      if (out.length() + v.length() > MAX_SHOWN) {
        return out.append(out.isEmpty() ? v.substring(0, MAX_SHOWN) : "").append("…").toString();
      }
      out.append(out.isEmpty() ? "" : ", ").append(v);
    }
    return out.toString();
  }

  /// Why there are no values of a name for a window.
  String missing(JudgedWindow w, String name) {
    Optional<Association> association = association(w.window(), name);
    if (association.isEmpty()) {
      return "window has no label \"" + name + "\", which the constraint asks for";
    }
    String from = association.get().from();
    List<String> given = own(w.window(), from);
    if (given.isEmpty()) {
      return "window has no label \"" + from + "\", whose $" + name + " the constraint asks for";
    }
    int count = found.getOrDefault(Asked.of(w, name), Found.NOTHING).count();
    return (count == 0 ? "no" : count)
        + " "
        + name
        + " are associated with "
        + from
        + " "
        + shown(given)
        + " from "
        + Instant.ofEpochMilli(w.window().startMillis())
        + " to "
        + Instant.ofEpochMilli(w.window().endMillis())
        + (count == 0 ? "" : ", limit " + MAX_IDS);
  }
}
