package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.promql.MemoryAccount;
import java.util.ArrayList;
import java.util.List;

/// Windows as the text of a file, in one of three formats: CSV, NDJSON, iCalendar. Each becomes the
/// same fields as in a list; their paths name the line, such as `windows.text[line 7].end`.
final class WindowsText {
  private WindowsText() {}

  static List<Field.Members> fields(Field.Members file, MemoryAccount memory) {
    if (file.names().contains("file")) {
      throw new BacktestException(
          file.pathOf("file"),
          "is read by the command line only; a request has format and text instead");
    }
    String format = file.required("format");
    String text = file.required("text");
    file.end();
    String path = file.pathOf("text");
    List<Field.Members> out =
        switch (format) {
          case "csv" -> CsvWindows.fields(text, path, memory);
          case "ndjson" -> ndjson(text, path, memory);
          case "ical" -> CalendarWindows.fields(text, path, memory);
          default ->
              throw new BacktestException(
                  file.pathOf("format"), "\"" + format + "\" is not one of csv, ndjson, ical");
        };
    if (out.isEmpty()) {
      throw new BacktestException(path, "has no windows");
    }
    return out;
  }

  /// The path of a line; the first is 1.
  static String line(String path, int number) {
    return path + "[line " + number + "]";
  }

  private static List<Field.Members> ndjson(String text, String path, MemoryAccount memory) {
    List<Field.Members> out = new ArrayList<>();
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      if (!line.isBlank()) {
        out.add(FieldParser.parseLine(line, line(path, number), memory));
        WindowReader.checkCount(out.size(), path);
      }
    }
    return out;
  }
}
