package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.Constraint;
import io.lamella.gateway.backtest.Window;
import io.lamella.gateway.backtest.WindowsFrom;
import io.lamella.model.Durations;
import io.lamella.promql.QueryParameters;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads the fields of a request. `backtest.schema.json` describes them.
public final class BacktestReader {
  private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final long DEFAULT_STEP_MILLIS = 60_000;
  private static final int MAX_WINDOWS = 1_000_000;

  private final Field.Members request;

  private BacktestReader(Field.Members request) {
    this.request = request;
  }

  /// Reads a request in JSON or YAML.
  ///
  /// @throws BacktestException where it is not valid
  public static Backtest read(String text) {
    return new BacktestReader(FieldParser.parse(text)).backtest();
  }

  private Backtest backtest() {
    long step =
        request
            .text("step")
            .map(s -> duration(s, request.pathOf("step")))
            .orElse(DEFAULT_STEP_MILLIS);
    if (step <= 0) {
      throw new BacktestException(request.pathOf("step"), "is not positive");
    }
    Optional<Long> start = request.text("start").map(t -> time(t, request.pathOf("start")));
    Optional<Long> end = request.text("end").map(t -> time(t, request.pathOf("end")));
    if (start.isPresent() && end.isPresent() && end.get() < start.get()) {
      throw new BacktestException(request.pathOf("end"), "is before start");
    }
    Optional<WindowsFrom> from =
        request.members("windows_from").map(f -> windowsFrom(f, start, end));
    List<Window> windows = windows(from.isPresent());
    List<Constraint> constraints = constraints();
    SortedMap<String, List<String>> sweep = sweep();
    List<Long> shifts = shifts();
    int top = request.members("detail").map(BacktestReader::topSeries).orElse(5);
    request.end();
    checkRange(windows, shifts, start, end);
    return new Backtest(step, windows, from, constraints, sweep, shifts, new Backtest.Detail(top));
  }

  private static int topSeries(Field.Members detail) {
    String text = detail.text("top_series", "5");
    detail.end();
    try {
      int n = Integer.parseInt(text);
      if (n >= 0 && n <= 1000) {
        return n;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new BacktestException(
        detail.pathOf("top_series"), "is not a whole number from 0 to 1000: \"" + text + "\"");
  }

  private static void checkRange(
      List<Window> windows, List<Long> shifts, Optional<Long> start, Optional<Long> end) {
    for (int i = 0; i < windows.size(); i++) {
      Window w = windows.get(i);
      for (long shift : shifts) {
        boolean early = start.isPresent() && w.startMillis() - shift < start.get();
        boolean late = end.isPresent() && w.endMillis() - shift > end.get();
        if (early || late) {
          throw new BacktestException(
              "windows[" + i + "]",
              "window \""
                  + w.id()
                  + "\" "
                  + (early ? "begins before the start" : "ends after the end")
                  + " of the backtest"
                  + (shift == 0 ? "" : ", shifted by " + shift / 1000 + "s"));
        }
      }
    }
  }

  private WindowsFrom windowsFrom(Field.Members f, Optional<Long> start, Optional<Long> end) {
    String expr = f.required("expr");
    f.end();
    if (start.isEmpty() || end.isEmpty()) {
      throw new BacktestException(f.path(), "needs start and end of the backtest");
    }
    return new WindowsFrom(expr, start.get(), end.get());
  }

  private List<Window> windows(boolean mayBeNone) {
    List<Field> all = request.elements("windows");
    if (all.isEmpty() && !mayBeNone) {
      throw new BacktestException(request.pathOf("windows"), "there are none");
    }
    if (all.size() > MAX_WINDOWS) {
      throw new BacktestException(
          request.pathOf("windows"), all.size() + " windows, limit " + MAX_WINDOWS);
    }
    List<Window> out = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Field f : all) {
      Window w = window(f.asMembers(), out.size());
      if (!ids.add(w.id())) {
        throw new BacktestException(
            f.path() + ".id", "\"" + w.id() + "\" is the id of another window, too");
      }
      out.add(w);
    }
    return out;
  }

  private static Window window(Field.Members f, int number) {
    long start = time(f.required("start"), f.pathOf("start"));
    Optional<String> end = f.text("end");
    Optional<String> length = f.text("duration");
    if (end.isPresent() == length.isPresent()) {
      throw new BacktestException(f.path(), "needs either end or duration");
    }
    long until =
        end.isPresent()
            ? time(end.get(), f.pathOf("end"))
            : start + duration(length.orElse(""), f.pathOf("duration"));
    if (until <= start) {
      throw new BacktestException(
          f.pathOf(end.isPresent() ? "end" : "duration"), "the window ends before it begins");
    }
    SortedMap<String, List<String>> labels =
        f.members("labels").map(BacktestReader::labels).orElse(new TreeMap<>());
    String id = f.text("id", "window-" + (number + 1));
    f.end();
    return new Window(id, start, until, labels);
  }

  private static SortedMap<String, List<String>> labels(Field.Members f) {
    SortedMap<String, List<String>> out = new TreeMap<>();
    for (String name : f.names()) {
      if (!LABEL.matcher(name).matches() || name.startsWith("__")) {
        throw new BacktestException(f.pathOf(name), "is not a name for a label");
      }
      f.find(name).ifPresent(v -> out.put(name, v.asTexts()));
    }
    return out;
  }

  private List<Constraint> constraints() {
    List<Field> all = request.elements("constraints");
    if (all.isEmpty()) {
      throw new BacktestException(request.pathOf("constraints"), "there are none");
    }
    List<Constraint> out = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Field f : all) {
      Constraint c = constraint(f.asMembers());
      if (!names.add(c.name())) {
        throw new BacktestException(
            f.path() + ".name", "\"" + c.name() + "\" is the name of another constraint, too");
      }
      out.add(c);
    }
    return out;
  }

  private static Constraint constraint(Field.Members f) {
    Constraint out =
        new Constraint(
            f.required("name"),
            f.required("expr"),
            new Constraint.Timing(
                f.text("for", "0s"),
                f.text("keep_firing_for", "0s"),
                f.text("lead", "0s"),
                f.text("lag", "0s")),
            f.text("severity", ""),
            onNoData(f));
    f.end();
    return out;
  }

  private static Constraint.OnNoData onNoData(Field.Members f) {
    String text = f.text("on_no_data", "unknown");
    return switch (text) {
      case "ok" -> Constraint.OnNoData.OK;
      case "conflict" -> Constraint.OnNoData.CONFLICT;
      case "unknown" -> Constraint.OnNoData.UNKNOWN;
      default ->
          throw new BacktestException(
              f.pathOf("on_no_data"), "\"" + text + "\" is not one of ok, conflict, unknown");
    };
  }

  private SortedMap<String, List<String>> sweep() {
    SortedMap<String, List<String>> out = new TreeMap<>();
    request
        .members("sweep")
        .ifPresent(f -> {
          for (String name : f.names()) {
            List<String> values = f.find(name).map(Field::asTexts).orElse(List.of());
            if (!LABEL.matcher(name).matches()) {
              throw new BacktestException(f.pathOf(name), "is not a name for a parameter");
            }
            if (values.isEmpty()) {
              throw new BacktestException(f.pathOf(name), "has no values");
            }
            for (String v : values) {
              if (!QueryParameters.isValue(v)) {
                throw new BacktestException(
                    f.pathOf(name), "is no number or duration: \"" + v + "\"");
              }
            }
            out.put(name, values.stream().distinct().toList());
          }
        });
    return out;
  }

  private List<Long> shifts() {
    Optional<Field> field = request.find("shift");
    if (field.isEmpty()) {
      return List.of(0L);
    }
    List<Long> out = new ArrayList<>();
    for (String text : field.get().asTexts()) {
      boolean negative = text.startsWith("-");
      long millis = duration(negative ? text.substring(1) : text, request.pathOf("shift"));
      out.add(negative ? -millis : millis);
    }
    if (out.isEmpty()) {
      throw new BacktestException(request.pathOf("shift"), "there is none");
    }
    return out.stream().distinct().toList();
  }

  /// RFC 3339, or seconds since the epoch.
  static long time(String text, String path) {
    try {
      if (text.indexOf('-', 1) > 0 && text.indexOf(':') > 0) {
        return OffsetDateTime.parse(text.toUpperCase(Locale.ROOT).replace(' ', 'T'))
            .toInstant()
            .toEpochMilli();
      }
      long millis = new BigDecimal(text).movePointRight(3).longValueExact();
      if (Math.abs(millis) < Long.MAX_VALUE / 1_000_000) {
        return millis;
      }
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      // Reported below.
    }
    throw new BacktestException(
        path, "is no time in RFC 3339 or in seconds since the epoch: \"" + text + "\"");
  }

  static long duration(String text, String path) {
    try {
      return Durations.parseMillis(text);
    } catch (IllegalArgumentException e) {
      throw new BacktestException(path, "is not a valid duration: \"" + text + "\"");
    }
  }
}
