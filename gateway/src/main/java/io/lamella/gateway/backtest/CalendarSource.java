package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.EvaluationUnit.JudgedWindow;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The windows as the metric `maintenance_window`: a series a window, with the window's labels and
/// its id as `id`, that is 1 while the window is open. Where a label of a window has several
/// values, there is a series for each combination; a value that is given twice counts once.
///
/// A series has a sample at the window's start, then every [#SAMPLE_MILLIS], and a stale marker at
/// its end. Windows that are judged at several times by shifts are a calendar for each shift.
final class CalendarSource {
  static final String METRIC = "maintenance_window";
  static final String ID = "id";

  /// Less than any useful lookback, so that a window has no gaps.
  static final long SAMPLE_MILLIS = 60_000;

  /// @param number of its window in the order of the request
  /// @param open when the window is open, ascending and apart
  private record WindowSeries(Labels labels, int number, List<Window> open) {}

  private final Map<Long, List<WindowSeries>> byShift;

  CalendarSource(List<JudgedWindow> judged) {
    this(new HashMap<>());
    for (JudgedWindow w : judged) {
      List<WindowSeries> series = byShift.computeIfAbsent(w.shiftMillis(), _ -> new ArrayList<>());
      List<Window> open = List.of(w.window());
      labels(w.window()).forEach(l -> series.add(new WindowSeries(l, w.number(), open)));
    }
    byShift.values().forEach(s -> s.sort(Comparator.comparing(WindowSeries::labels)));
  }

  private CalendarSource(Map<Long, List<WindowSeries>> byShift) {
    this.byShift = byShift;
  }

  /// The calendar of one shift in which one window is open at other times than its own, and all
  /// others are where they are.
  ///
  /// @param open ascending and apart
  CalendarSource moved(int number, long shiftMillis, List<Window> open) {
    List<Window> copy = List.copyOf(open);
    List<WindowSeries> series =
        byShift.getOrDefault(shiftMillis, List.of()).stream()
            .map(w -> w.number() == number ? new WindowSeries(w.labels(), number, copy) : w)
            .toList();
    return new CalendarSource(Map.of(shiftMillis, series));
  }

  /// True where a selector with these matchers reads windows: its name is [#METRIC].
  static boolean reads(List<Matcher> matchers) {
    return matchers.stream()
        .anyMatch(m ->
            m.type() == Matcher.Type.EQUAL
                && m.name().equals(Labels.METRIC_NAME)
                && m.value().equals(METRIC));
  }

  private static List<Labels> labels(Window w) {
    LabelsBuilder first = new LabelsBuilder();
    first.set(Labels.METRIC_NAME, METRIC);
    List<Labels> out = List.of(first.build());
    for (Map.Entry<String, List<String>> e : w.labels().entrySet()) {
      List<Labels> more = new ArrayList<>();
      for (Labels before : out) {
        for (String value : e.getValue()) {
          LabelsBuilder b = before.toBuilder();
          b.set(e.getKey(), value);
          more.add(b.build());
        }
      }
      out = more;
    }
    return out.stream()
        .map(l -> {
          LabelsBuilder b = l.toBuilder();
          b.set(ID, w.id());
          return b.build();
        })
        .distinct()
        .toList();
  }

  /// History together with the windows of one shift.
  SeriesSource with(SeriesSource history, long shiftMillis) {
    List<WindowSeries> windows = byShift.getOrDefault(shiftMillis, List.of());
    return new SeriesSource() {
      @Override
      public SeriesSet select(Selection selection) {
        return reads(selection.matchers())
            ? new ListedSeries<>(
                matching(windows, selection),
                WindowSeries::labels,
                (w, into) -> read(w, selection, into))
            : history.select(selection);
      }

      @Override
      public Prepared prepare(List<Selection> selections) {
        return history.prepare(selections.stream().filter(s -> !reads(s.matchers())).toList());
      }

      @Override
      public boolean readsAlike(String function, String other) {
        return history.readsAlike(function, other);
      }

      @Override
      public boolean usesFilters() {
        return history.usesFilters();
      }
    };
  }

  private static List<WindowSeries> matching(List<WindowSeries> windows, Selection s) {
    return windows.stream()
        .filter(w -> w.open().stream().anyMatch(o -> isIn(o, s)))
        .filter(w -> s.matchers().stream().allMatch(m -> m.matches(w.labels().value(m.name()))))
        .toList();
  }

  private static boolean isIn(Window w, Selection s) {
    return w.startMillis() <= s.range().endMillis() && w.endMillis() >= s.range().startMillis();
  }

  private static void read(WindowSeries series, Selection selection, SampleColumns into) {
    for (Window w : series.open()) {
      if (isIn(w, selection)) {
        read(w, selection.range(), into);
      }
    }
  }

  private static void read(Window w, TimeRange range, SampleColumns into) {
    long skipped = Math.max(0, Math.ceilDiv(range.startMillis() - w.startMillis(), SAMPLE_MILLIS));
    long last = Math.min(w.endMillis() - 1, range.endMillis());
    for (long t = w.startMillis() + skipped * SAMPLE_MILLIS; t <= last; t += SAMPLE_MILLIS) {
      into.add(t, 1);
    }
    if (range.contains(w.endMillis())) {
      into.add(w.endMillis(), Stale.MARKER);
    }
  }
}
