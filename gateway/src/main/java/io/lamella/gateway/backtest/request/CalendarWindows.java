package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.promql.MemoryAccount;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Windows as the events of a calendar (iCalendar, RFC 5545): `UID` is the id, `DTSTART` and
/// `DTEND` or `DURATION` the time, `X-LAMELLA-LABELS` the labels, such as `dc_id=45;pool=a|b`. A
/// time is in UTC or names its zone; one that does neither has no fixed instant and is an error,
/// and so is an event that recurs.
final class CalendarWindows {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");
  private static final Set<String> RECURRENCES = Set.of("RRULE", "RDATE", "RECURRENCE-ID");

  private final String path;
  private final List<Line> lines;
  private final List<Field.Members> out = new ArrayList<>();

  /// @param number where it begins in the text
  /// @param parameters as written, in upper case but for the values
  private record Line(int number, String name, Map<String, String> parameters, String value) {}

  private CalendarWindows(String text, String path, MemoryAccount memory) {
    this.path = path;
    this.lines = lines(text, path, memory);
  }

  static List<Field.Members> fields(String text, String path, MemoryAccount memory) {
    return new CalendarWindows(text, path, memory).fields();
  }

  private List<Field.Members> fields() {
    if (lines.isEmpty() || !isMark(lines.getFirst(), "BEGIN", "VCALENDAR")) {
      throw new BacktestException(WindowsText.line(path, 1), "is not BEGIN:VCALENDAR");
    }
    Map<String, Line> event = null;
    int begun = 0;
    int inner = 0;
    for (Line l : lines) {
      if (isMark(l, "BEGIN", "VEVENT")) {
        event = new LinkedHashMap<>();
        begun = l.number();
      } else if (event == null) {
        continue;
      } else if (isMark(l, "END", "VEVENT")) {
        out.add(window(event, begun));
        WindowReader.checkCount(out.size(), path);
        event = null;
      } else if (l.name().equals("BEGIN")) {
        inner++;
      } else if (l.name().equals("END")) {
        inner--;
      } else if (inner == 0) {
        event.put(l.name(), l);
      }
    }
    if (event != null) {
      throw new BacktestException(WindowsText.line(path, begun), "the event has no END:VEVENT");
    }
    return out;
  }

  private static boolean isMark(Line l, String name, String value) {
    return l.name().equals(name) && l.value().strip().equalsIgnoreCase(value);
  }

  private Field.Members window(Map<String, Line> event, int begun) {
    String where = WindowsText.line(path, begun);
    for (String name : RECURRENCES) {
      Line l = event.get(name);
      if (l != null) {
        throw new BacktestException(
            property(l), "recurring events are not supported: " + name + ":" + l.value());
      }
    }
    Line start = event.get("DTSTART");
    if (start == null) {
      throw new BacktestException(where + ".DTSTART", "is missing");
    }
    Map<String, Field> own = new LinkedHashMap<>();
    Line uid = event.get("UID");
    if (uid != null) {
      own.put("id", new Field.Scalar(property(uid), unescaped(uid.value())));
    }
    ZonedDateTime from = time(start);
    own.put("start", scalar(start, from.toInstant()));
    Line end = event.get("DTEND");
    Line length = event.get("DURATION");
    if (end != null && length == null) {
      own.put("end", scalar(end, time(end).toInstant()));
    } else if (length != null && end == null) {
      own.put("end", scalar(length, after(from, length)));
    } else {
      throw new BacktestException(where, "the event needs either DTEND or DURATION");
    }
    Line labels = event.get("X-LAMELLA-LABELS");
    if (labels != null) {
      own.put("labels", labels(labels));
    }
    return new Field.Members(where, own);
  }

  private String property(Line l) {
    return WindowsText.line(path, l.number()) + "." + l.name();
  }

  private Field.Scalar scalar(Line l, Instant at) {
    return new Field.Scalar(property(l), Long.toString(at.getEpochSecond()));
  }

  private ZonedDateTime time(Line l) {
    String text = l.value().strip();
    String zone = l.parameters().getOrDefault("TZID", "");
    try {
      if (text.endsWith("Z")) {
        return LocalDateTime.parse(text.substring(0, text.length() - 1), TIME)
            .atZone(ZoneOffset.UTC);
      }
      if (!zone.isEmpty()) {
        ZoneId id = ZoneId.of(zone);
        return text.length() == 8
            ? LocalDate.parse(text, DateTimeFormatter.BASIC_ISO_DATE).atStartOfDay(id)
            : LocalDateTime.parse(text, TIME).atZone(id);
      }
    } catch (DateTimeException e) {
      throw new BacktestException(
          property(l), "is not a time: \"" + text + "\": " + e.getMessage());
    }
    throw new BacktestException(
        property(l), "has neither a zone (TZID) nor is in UTC (Z): \"" + text + "\"");
  }

  /// Days are of the calendar, hours are exact, as RFC 5545 has it.
  private Instant after(ZonedDateTime from, Line length) {
    String text = length.value().strip().toUpperCase(Locale.ROOT);
    try {
      int t = text.indexOf('T');
      String days = t < 0 ? text : text.substring(0, t);
      ZonedDateTime day = days.equals("P") ? from : from.plus(Period.parse(days));
      return t < 0
          ? day.toInstant()
          : day.toInstant().plus(Duration.parse("P" + text.substring(t)));
    } catch (DateTimeException | ArithmeticException e) {
      throw new BacktestException(property(length), "is not a duration: \"" + text + "\"");
    }
  }

  private Field labels(Line l) {
    Map<String, Field> all = new LinkedHashMap<>();
    for (String pair : l.value().split(";")) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        throw new BacktestException(property(l), "is not name=value;…: \"" + pair + "\"");
      }
      String name = pair.substring(0, equals).strip();
      List<Field> values =
          Arrays.stream(pair.substring(equals + 1).split("\\|"))
              .map(v -> (Field) new Field.Scalar(property(l), unescaped(v.strip())))
              .toList();
      if (all.put(name, new Field.Sequence(property(l), values)) != null) {
        throw new BacktestException(property(l), "label \"" + name + "\" is given twice");
      }
    }
    return new Field.Members(property(l), all);
  }

  private static String unescaped(String text) {
    return text.replaceAll("\\\\([\\\\;,])", "$1");
  }

  /// The lines of a text; those that begin with a space continue the one before.
  private static List<Line> lines(String text, String path, MemoryAccount memory) {
    List<Line> out = new ArrayList<>();
    StringBuilder unfolded = new StringBuilder();
    int begun = 0;
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      memory.reserve(
          FieldParser.objectBytes(path)
              + 2L * line.length()
              + parts(line) * FieldParser.FIELD_BYTES);
      if (line.startsWith(" ") || line.startsWith("\t")) {
        unfolded.append(line, 1, line.length());
        continue;
      }
      add(out, unfolded, begun, path);
      unfolded.append(line);
      begun = number;
    }
    add(out, unfolded, begun, path);
    return out;
  }

  /// At most so many parameters, and values of labels, are in a line.
  private static long parts(String line) {
    return line.chars().filter(c -> c == ';' || c == '|').count();
  }

  private static void add(List<Line> out, StringBuilder unfolded, int number, String path) {
    String line = unfolded.toString();
    unfolded.setLength(0);
    if (line.isBlank()) {
      return;
    }
    int colon = colon(line);
    if (colon < 0) {
      throw new BacktestException(WindowsText.line(path, number), "has no colon");
    }
    String[] parts = line.substring(0, colon).split(";");
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals > 0) {
        parameters.put(
            parts[i].substring(0, equals).toUpperCase(Locale.ROOT),
            parts[i].substring(equals + 1).replace("\"", ""));
      }
    }
    String name = parts.length == 0 ? "" : parts[0].toUpperCase(Locale.ROOT);
    out.add(new Line(number, name, parameters, line.substring(colon + 1)));
  }

  /// The first colon outside of quotation marks.
  private static int colon(String line) {
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ':' && !quoted) {
        return i;
      }
    }
    return -1;
  }
}
