package io.lamella.gateway.backtest.request;

import io.lamella.gateway.association.Associations;
import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.Propose;
import io.lamella.gateway.backtest.Window;
import io.lamella.gateway.backtest.WindowsFrom;
import io.lamella.model.Durations;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryParameters;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads the fields of a request. `backtest.schema.json` describes them.
public final class BacktestReader {
  static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final long DEFAULT_STEP_MILLIS = 60_000;
  private static final int MAX_TOP_SERIES = 20;

  private static final long MAX_TIME_MILLIS = Long.MAX_VALUE / 1_000_000;

  /// No time is longer, and numbers of many digits take long to read.
  private static final int MAX_TIME_CHARACTERS = 64;

  private final Field.Members request;
  private final MemoryAccount memory;

  private BacktestReader(Field.Members request, MemoryAccount memory) {
    this.request = request;
    this.memory = memory;
  }

  /// Reads a request in JSON or YAML.
  ///
  /// @throws BacktestException where it is not valid
  public static Backtest read(String text) {
    return read(text, MemoryAccount.UNLIMITED);
  }

  /// @param memory for the fields and the windows of the request; it stays reserved
  public static Backtest read(String text, MemoryAccount memory) {
    return new BacktestReader(FieldParser.parse(text, memory), memory).backtest();
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
    List<Window> windows = WindowReader.windows(request, memory);
    ConstraintReader rules = ConstraintReader.read(request);
    SortedMap<String, List<String>> sweep = sweep();
    List<Long> shifts = shifts();
    Backtest.Detail detail =
        request.members("detail").map(BacktestReader::detail).orElse(Backtest.Detail.DEFAULT);
    Associations associations = AssociationsReader.associations(request);
    TimeRange judged = new TimeRange(start.orElse(Long.MIN_VALUE), end.orElse(Long.MAX_VALUE));
    Optional<Propose> propose =
        request.members("propose").map(f -> ProposeReader.propose(f, judged));
    request.end();
    checkRange(windows, shifts, start, end);
    return new Backtest(
        step,
        windows,
        from,
        rules.constraints(),
        rules.recordingRules(),
        sweep,
        shifts,
        detail,
        associations,
        propose);
  }

  private static Backtest.Detail detail(Field.Members detail) {
    String level = detail.text("level", "full");
    Optional<String> top = detail.text("top_series");
    detail.end();
    return switch (level) {
      case "full" ->
          new Backtest.Detail(
              Backtest.Detail.Level.FULL,
              topSeries(top.orElse("5"), detail.pathOf("top_series")),
              0);
      case "verdict" -> {
        if (top.isPresent()) {
          throw new BacktestException(
              detail.pathOf("top_series"), "has no effect, since level is verdict; leave it out");
        }
        yield Backtest.Detail.OUTCOMES;
      }
      default ->
          throw new BacktestException(
              detail.pathOf("level"), "\"" + level + "\" is not one of full, verdict");
    };
  }

  private static int topSeries(String text, String path) {
    try {
      int n = Integer.parseInt(text);
      if (n >= 0 && n <= MAX_TOP_SERIES) {
        return n;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new BacktestException(
        path, "is not a whole number from 0 to " + MAX_TOP_SERIES + ": \"" + text + "\"");
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
    if (text.length() > MAX_TIME_CHARACTERS) {
      throw new BacktestException(path, "is no time: it has " + text.length() + " characters");
    }
    try {
      boolean isDate = text.indexOf('-', 1) > 0 && text.indexOf(':') > 0;
      long millis =
          isDate
              ? OffsetDateTime.parse(text.toUpperCase(Locale.ROOT).replace(' ', 'T'))
                  .toInstant()
                  .toEpochMilli()
              : new BigDecimal(text).movePointRight(3).longValueExact();
      if (millis > -MAX_TIME_MILLIS && millis < MAX_TIME_MILLIS) {
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
