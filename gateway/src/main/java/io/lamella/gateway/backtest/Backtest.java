package io.lamella.gateway.backtest;

import io.lamella.gateway.association.Associations;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// A backtest as it is asked for: which windows are judged by which constraints.
///
/// @param stepMillis the distance of evaluation times; each window is evaluated at its start,
///   `start \+ step`, … up to its end inclusive
/// @param windows in the order of the request
/// @param windowsFrom more windows, which history tells
/// @param constraints in the order of the request
/// @param recordingRules whose metrics all expressions may read
/// @param sweep the values of each parameter; each combination is judged
/// @param shiftsMillis how far before its own time a window is judged; 0 for its own time
/// @param detail what verdicts tell
/// @param associations that find ids for constraints from labels of windows
/// @param propose asks for other times of windows in conflict
public record Backtest(
    long stepMillis,
    List<Window> windows,
    Optional<WindowsFrom> windowsFrom,
    List<Constraint> constraints,
    List<RecordingRule> recordingRules,
    SortedMap<String, List<String>> sweep,
    List<Long> shiftsMillis,
    Detail detail,
    Associations associations,
    Optional<Propose> propose) {
  /// What verdicts tell of a conflict.
  ///
  /// @param topSeries the most offending series that are listed; 0 for none
  /// @param maxValues the most values that are told of each of them; 0 for none
  public record Detail(Level level, int topSeries, int maxValues) {
    /// The most values that one verdict tells.
    int valuesOfVerdict() {
      return topSeries * maxValues;
    }

    public static final Detail DEFAULT = new Detail(Level.FULL, 5, 0);
    public static final Detail OUTCOMES = new Detail(Level.VERDICT, 0, 0);

    /// How much verdicts tell.
    public enum Level {
      /// When, how long and by which series a constraint is violated.
      FULL,
      /// That it is violated, and when for the first time. What comes later is not evaluated.
      VERDICT
    }
  }

  public Backtest {
    windows = List.copyOf(windows);
    constraints = List.copyOf(constraints);
    recordingRules = List.copyOf(recordingRules);
    SortedMap<String, List<String>> copy = new TreeMap<>();
    sweep.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    sweep = copy;
    shiftsMillis = List.copyOf(shiftsMillis);
  }

  /// The same with more windows. Of several with one id, the later ones get another.
  Backtest plus(List<Window> more) {
    List<Window> all = new ArrayList<>(windows);
    Set<String> ids = new HashSet<>();
    windows.forEach(w -> ids.add(w.id()));
    for (Window w : more) {
      String id = w.id();
      for (int n = 2; !ids.add(id); n++) {
        id = w.id() + "#" + n;
      }
      all.add(new Window(id, w.startMillis(), w.endMillis(), w.labels()));
    }
    return withWindows(all);
  }

  /// The same with these windows, none of which history tells.
  public Backtest withWindows(List<Window> all) {
    return new Backtest(
        stepMillis,
        all,
        Optional.empty(),
        constraints,
        recordingRules,
        sweep,
        shiftsMillis,
        detail,
        associations,
        propose);
  }

  /// The same with more associations. Its own hold where both have a type.
  public Backtest withAssociations(Associations more) {
    return with(detail, more.overriddenBy(associations));
  }

  /// The same with values of offending series.
  public Backtest withValues(int maxValues) {
    return with(new Detail(detail.level(), detail.topSeries(), maxValues), associations);
  }

  /// The same with verdicts that tell no more than they must.
  Backtest outcomesOnly() {
    return with(Detail.OUTCOMES, associations);
  }

  private Backtest with(Detail otherDetail, Associations otherAssociations) {
    return new Backtest(
        stepMillis,
        windows,
        windowsFrom,
        constraints,
        recordingRules,
        sweep,
        shiftsMillis,
        otherDetail,
        otherAssociations,
        propose);
  }

  /// The values of each parameter that a constraint uses.
  public SortedMap<String, List<String>> sweepOf(Constraint c) {
    SortedMap<String, List<String>> out = new TreeMap<>(sweep);
    out.keySet().retainAll(c.parameters());
    return out;
  }

  /// The verdicts on each window, at most [Long#MAX_VALUE].
  public long verdictsOfWindow() {
    long out = 0;
    for (Constraint c : constraints) {
      long more = count(sweepOf(c));
      out = more > Long.MAX_VALUE - out ? Long.MAX_VALUE : out + more;
    }
    return out > Long.MAX_VALUE / shiftsMillis.size() ? Long.MAX_VALUE : out * shiftsMillis.size();
  }

  /// The start of the earliest window, as judged.
  public long startMillis() {
    return windows.stream().mapToLong(Window::startMillis).min().orElse(0)
        - shiftsMillis.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /// The end of the latest window, as judged.
  public long endMillis() {
    return windows.stream().mapToLong(Window::endMillis).max().orElse(0)
        - shiftsMillis.stream().mapToLong(Long::longValue).min().orElse(0);
  }

  /// The number of [#combinations], at most [Long#MAX_VALUE].
  static long count(Map<String, List<String>> values) {
    long out = 1;
    for (List<String> v : values.values()) {
      if (v.size() > Long.MAX_VALUE / Math.max(1, out)) {
        return Long.MAX_VALUE;
      }
      out *= v.size();
    }
    return out;
  }

  /// All combinations of the values of some parameters, in order; one without any for none.
  static List<SortedMap<String, String>> combinations(SortedMap<String, List<String>> values) {
    List<SortedMap<String, String>> out = List.of(new TreeMap<>());
    for (Map.Entry<String, List<String>> e : values.entrySet()) {
      out =
          out.stream()
              .flatMap(before -> e.getValue().stream().map(v -> with(before, e.getKey(), v)))
              .toList();
    }
    return out;
  }

  private static SortedMap<String, String> with(
      SortedMap<String, String> before, String name, String value) {
    SortedMap<String, String> out = new TreeMap<>(before);
    out.put(name, value);
    return out;
  }
}
