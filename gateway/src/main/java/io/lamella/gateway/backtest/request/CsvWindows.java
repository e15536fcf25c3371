package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.promql.MemoryAccount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Windows as CSV (RFC 4180). The header names the columns: `id`, `start`, `end` or `duration`; any
/// other is a label. Several values of a label are divided by `|`; an empty one is no label.
final class CsvWindows {
  private static final List<String> OWN = List.of("id", "start", "end", "duration");
  private static final int MAX_COLUMNS = 200;

  private final String text;
  private final String path;
  private final MemoryAccount memory;
  private int at;
  private int line = 1;

  private CsvWindows(String text, String path, MemoryAccount memory) {
    this.text = text;
    this.path = path;
    this.memory = memory;
  }

  static List<Field.Members> fields(String text, String path, MemoryAccount memory) {
    return new CsvWindows(text.startsWith("\ufeff") ? text.substring(1) : text, path, memory)
        .fields();
  }

  private List<Field.Members> fields() {
    List<String> header = row();
    checkHeader(header);
    List<Field.Members> out = new ArrayList<>();
    while (at < text.length()) {
      int begun = line;
      List<String> row = row();
      if (row.size() == 1 && row.getFirst().isBlank()) {
        continue;
      }
      String where = WindowsText.line(path, begun);
      if (row.size() != header.size()) {
        throw new BacktestException(
            where, row.size() + " columns, but the header has " + header.size());
      }
      out.add(window(header, row, where));
      WindowReader.checkCount(out.size(), path);
    }
    return out;
  }

  private void checkHeader(List<String> header) {
    String where = WindowsText.line(path, 1);
    if (!header.contains("start")) {
      throw new BacktestException(where + ".start", "the header has no such column");
    }
    if (!header.contains("end") && !header.contains("duration")) {
      throw new BacktestException(where, "the header has neither end nor duration");
    }
    for (String name : header) {
      if (header.indexOf(name) != header.lastIndexOf(name)) {
        throw new BacktestException(where + "." + name, "two columns have this name");
      }
    }
  }

  private Field.Members window(List<String> header, List<String> row, String where) {
    memory.reserve(2 * FieldParser.objectBytes(where));
    Map<String, Field> own = new LinkedHashMap<>();
    Map<String, Field> labels = new LinkedHashMap<>();
    for (int i = 0; i < header.size(); i++) {
      String name = header.get(i);
      String value = row.get(i);
      if (value.isEmpty()) {
        continue;
      }
      memory.reserve(FieldParser.bytes(where, value) + name.length());
      if (OWN.contains(name)) {
        own.put(name, new Field.Scalar(Field.member(where, name), value));
      } else {
        labels.put(name, texts(value, where + ".labels." + name));
      }
    }
    own.put("labels", new Field.Members(where + ".labels", labels));
    return new Field.Members(where, own);
  }

  private Field texts(String value, String path) {
    memory.reserve(FieldParser.FIELD_BYTES * value.chars().filter(c -> c == '|').count());
    return value.indexOf('|') < 0
        ? new Field.Scalar(path, value)
        : new Field.Sequence(
            path,
            Arrays.stream(value.split("\\|")).map(v -> (Field) new Field.Scalar(path, v)).toList());
  }

  private List<String> row() {
    int begun = line;
    List<String> out = new ArrayList<>();
    while (true) {
      out.add(cell(begun));
      if (out.size() > MAX_COLUMNS) {
        throw new BacktestException(
            WindowsText.line(path, begun), "more than " + MAX_COLUMNS + " columns");
      }
      if (at >= text.length()) {
        return out;
      }
      char c = text.charAt(at++);
      if (c == '\r' && at < text.length() && text.charAt(at) == '\n') {
        c = text.charAt(at++);
      }
      if (c != ',') {
        line++;
        return out;
      }
    }
  }

  /// The text up to the next comma or end of line, which stays.
  private String cell(int row) {
    if (at >= text.length() || text.charAt(at) != '"') {
      int begin = at;
      while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(begin, at).strip();
    }
    StringBuilder out = new StringBuilder();
    at++;
    while (true) {
      if (at >= text.length()) {
        throw new BacktestException(WindowsText.line(path, row), "a quotation mark is not closed");
      }
      char c = text.charAt(at++);
      if (c == '\n') {
        line++;
      }
      if (c != '"') {
        out.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        out.append('"');
        at++;
      } else {
        break;
      }
    }
    if (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
      throw new BacktestException(
          WindowsText.line(path, row), "text after a closing quotation mark");
    }
    return out.toString();
  }
}
