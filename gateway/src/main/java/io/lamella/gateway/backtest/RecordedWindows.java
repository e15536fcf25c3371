package io.lamella.gateway.backtest;

import io.lamella.gateway.query.DataSnapshot;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import io.lamella.promql.StepTimes;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.exec.StepSeries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads windows from history, as [WindowsFrom] says.
final class RecordedWindows {
  private static final String PATH = "windows_from.expr";

  /// What a window takes, each label of it, and each character of its id, which has those of its
  /// labels.
  private static final long WINDOW_BYTES = 300;

  private static final long LABEL_BYTES = 120;
  private static final long CHARACTER_BYTES = 4;

  private final WindowsFrom from;
  private final long stepMillis;
  private final BacktestLimits limits;
  private final MemoryAccount memory;
  private final List<Window> found = new ArrayList<>();

  private RecordedWindows(
      WindowsFrom from, long stepMillis, BacktestLimits limits, MemoryAccount memory) {
    this.from = from;
    this.stepMillis = stepMillis;
    this.limits = limits;
    this.memory = memory;
  }

  /// The windows in the order of their starts, then of their ids.
  ///
  /// @param memory for the windows; it stays reserved
  /// @throws BacktestException where the expression cannot be used, or there are too many windows
  static List<Window> read(
      WindowsFrom from,
      long stepMillis,
      BacktestLimits limits,
      QueryService queries,
      QueryService.SeriesView view,
      DataSnapshot snapshot,
      QueryOptions options,
      MemoryAccount memory) {
    TimeRange range = new TimeRange(from.startMillis(), from.endMillis());
    if (StepTimes.count(range, stepMillis) > limits.maxSteps()) {
      throw new BacktestException(
          "windows_from",
          StepTimes.count(range, stepMillis)
              + " steps, limit "
              + limits.maxSteps()
              + "; use a larger step");
    }
    RecordedWindows out = new RecordedWindows(from, stepMillis, limits, memory);
    try {
      Expr e = queries.engine().parse(from.expr());
      if (e.type() != ValueType.VECTOR) {
        throw new BacktestException(PATH, "is no instant vector: " + e);
      }
      StepTimes times = StepTimes.of(List.of(range), stepMillis);
      queries.series(
          new QueryService.SeriesQuery(snapshot, List.of(e), times, view),
          options,
          (_, series) -> out.add(series, times));
    } catch (QueryException.BadQuery | QueryException.Execution | QueryException.TooExpensive e) {
      throw new BacktestException(PATH, String.valueOf(e.getMessage()));
    }
    out.found.sort(Comparator.comparingLong(Window::startMillis).thenComparing(Window::id));
    return out.found;
  }

  private void add(StepSeries s, StepTimes times) {
    int begun = -1;
    for (int i = 0; i <= times.count(); i++) {
      boolean open = i < times.count() && s.has(i) && s.values()[i] > 0;
      if (open && begun < 0) {
        begun = i;
      } else if (!open && begun >= 0) {
        // Nothing is judged after the end of what is asked for.
        long end = Math.min(times.time(i - 1) + stepMillis, from.endMillis());
        if (times.time(begun) < end) {
          add(s.labels(), times.time(begun), end);
        }
        begun = -1;
      }
    }
  }

  private void add(Labels labels, long start, long end) {
    if (found.size() >= limits.maxWindows()) {
      throw new BacktestException(
          "windows_from", "more than " + limits.maxWindows() + " windows; select fewer of them");
    }
    SortedMap<String, List<String>> out = new TreeMap<>();
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.name(i);
      if (!name.startsWith("__")) {
        out.put(name, List.of(labels.value(i)));
        id.append(id.isEmpty() ? "" : ",").append(name).append('=').append(labels.value(i));
      }
    }
    String at = Instant.ofEpochMilli(start).toString();
    id.append(id.isEmpty() ? "" : "@").append(at);
    memory.reserve(WINDOW_BYTES + LABEL_BYTES * out.size() + CHARACTER_BYTES * id.length());
    found.add(new Window(id.toString(), start, end, out));
  }
}
