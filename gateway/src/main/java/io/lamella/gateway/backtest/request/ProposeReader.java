package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.Propose;
import io.lamella.gateway.backtest.QuietHours;
import io.lamella.model.TimeRange;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads how other times are proposed for windows in conflict.
final class ProposeReader {
  private static final long MAX_HORIZON_MILLIS = 366 * 86_400_000L;
  private static final int MAX_SLOTS = 20_000;
  private static final int MAX_COUNT = 100;
  private static final int MAX_WINDOWS = 10_000;
  private static final int MAX_HOURS = 24;
  private static final Pattern HOURS =
      Pattern.compile("([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)");

  private ProposeReader() {}

  /// @param judged where the request allows that windows are judged
  static Propose propose(Field.Members f, TimeRange judged) {
    long horizon = duration(f.text("horizon", "7d"), f.pathOf("horizon"));
    long step = duration(f.text("step", "15m"), f.pathOf("step"));
    int count = number(f.text("count", "3"), f.pathOf("count"), MAX_COUNT);
    int windows = number(f.text("max_windows", "100"), f.pathOf("max_windows"), MAX_WINDOWS);
    Optional<String> earliest = f.text("earliest");
    Optional<String> latest = f.text("latest");
    Optional<QuietHours> quiet = f.members("quiet_hours").map(ProposeReader::quietHours);
    f.end();
    if (horizon > MAX_HORIZON_MILLIS) {
      throw new BacktestException(f.pathOf("horizon"), "is longer than 366d");
    }
    if (step > horizon) {
      throw new BacktestException(
          f.pathOf("step"), "is longer than the horizon, so there is no slot");
    }
    long slots = 2 * (horizon / step);
    if (slots > MAX_SLOTS) {
      throw new BacktestException(
          f.pathOf("step"),
          slots + " slots of a window, limit " + MAX_SLOTS + "; use a larger step");
    }
    long from =
        earliest.map(t -> BacktestReader.time(t, f.pathOf("earliest"))).orElse(Long.MIN_VALUE);
    long to = latest.map(t -> BacktestReader.time(t, f.pathOf("latest"))).orElse(Long.MAX_VALUE);
    if (to < from) {
      throw new BacktestException(f.pathOf("latest"), "is before earliest");
    }
    return new Propose(horizon, step, count, windows, new TimeRange(from, to), judged, quiet);
  }

  private static long duration(String text, String path) {
    long out = BacktestReader.duration(text, path);
    if (out <= 0) {
      throw new BacktestException(path, "is not positive");
    }
    return out;
  }

  private static int number(String text, String path, int max) {
    try {
      int n = Integer.parseInt(text);
      if (n >= 1 && n <= max) {
        return n;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new BacktestException(
        path, "is not a whole number from 1 to " + max + ": \"" + text + "\"");
  }

  private static QuietHours quietHours(Field.Members f) {
    String text = f.required("work");
    QuietHours.Work work =
        switch (text) {
          case "inside" -> QuietHours.Work.INSIDE;
          case "outside" -> QuietHours.Work.OUTSIDE;
          default ->
              throw new BacktestException(
                  f.pathOf("work"), "\"" + text + "\" is not one of inside, outside");
        };
    String zone = f.text("time_zone", "UTC");
    List<String> texts = f.find("times").map(Field::asTexts).orElse(List.of());
    f.end();
    if (texts.isEmpty() || texts.size() > MAX_HOURS) {
      throw new BacktestException(
          f.pathOf("times"), texts.size() + " times, expected 1 to " + MAX_HOURS);
    }
    List<QuietHours.Hours> times = new ArrayList<>();
    texts.forEach(t -> times.add(hours(t, f.pathOf("times"))));
    try {
      return new QuietHours(work, times, ZoneId.of(zone));
    } catch (DateTimeException e) {
      throw new BacktestException(
          f.pathOf("time_zone"), "is not a time zone such as Europe/Berlin: \"" + zone + "\"");
    }
  }

  private static QuietHours.Hours hours(String text, String path) {
    Matcher m = HOURS.matcher(text);
    if (m.matches()) {
      int from = minute(m.group(1), m.group(2));
      int to = m.group(3) == null ? 24 * 60 : minute(m.group(3), m.group(4));
      if (from != to) {
        return new QuietHours.Hours(from, to);
      }
    }
    throw new BacktestException(path, "is no time of day such as 22:00-06:00: \"" + text + "\"");
  }

  private static int minute(String hours, String minutes) {
    return 60 * Integer.parseInt(hours) + Integer.parseInt(minutes);
  }
}
