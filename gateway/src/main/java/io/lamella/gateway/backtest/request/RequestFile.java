package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.Window;
import io.lamella.model.JsonQuote;
import io.lamella.promql.MemoryAccount;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A request in a file, which may name other files: those of its windows and of rules. With their
/// text in it, it is a request for a server. Equal files make equal requests.
public final class RequestFile {
  private final Map<String, Field> members;

  private RequestFile(Map<String, Field> members) {
    this.members = members;
  }

  /// Reads a file that a request names.
  @FunctionalInterface
  public interface Neighbors {
    String text(String name) throws IOException;
  }

  /// @param text the file, in JSON or YAML
  /// @param neighbors the files beside it
  /// @throws BacktestException where it is not valid
  public static RequestFile read(String text, Neighbors neighbors) throws IOException {
    Map<String, Field> out = copy(FieldParser.parse(text, MemoryAccount.UNLIMITED));
    if (out.get("windows") instanceof Field.Members windows && windows.names().contains("file")) {
      String name = windows.required("file");
      String format = windows.text("format").orElseGet(() -> format(name, windows));
      windows.end();
      Map<String, Field> inlined = new LinkedHashMap<>();
      inlined.put("format", new Field.Scalar("windows.format", format));
      inlined.put("text", new Field.Scalar("windows.text", neighbors.text(name)));
      out.put("windows", new Field.Members("windows", inlined));
    }
    return new RequestFile(out);
  }

  /// The file of the windows that a request names, for messages.
  public static Optional<String> windowsFile(String text) {
    return FieldParser.parse(text, MemoryAccount.UNLIMITED).find("windows").orElse(null)
            instanceof Field.Members windows
        ? windows.text("file")
        : Optional.empty();
  }

  private static String format(String name, Field.Members windows) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".csv")) {
      return "csv";
    }
    if (lower.endsWith(".ndjson") || lower.endsWith(".jsonl")) {
      return "ndjson";
    }
    if (lower.endsWith(".ics")) {
      return "ical";
    }
    throw new BacktestException(
        windows.pathOf("format"),
        "is missing, and \"" + name + "\" ends with none of .csv, .ndjson, .jsonl, .ics");
  }

  private static Map<String, Field> copy(Field.Members all) {
    Map<String, Field> out = new LinkedHashMap<>();
    all.names().forEach(n -> all.find(n).ifPresent(f -> out.put(n, f)));
    return out;
  }

  /// The same request with the rules of a rule file of Prometheus after its own.
  ///
  /// @throws BacktestException where it is none
  public RequestFile withRules(String text) {
    Field.Members file = FieldParser.parse(text, MemoryAccount.UNLIMITED);
    List<Field> groups = new ArrayList<>();
    if (members.get("groups") instanceof Field before) {
      groups.addAll(before.asSequence().elements());
    }
    groups.addAll(file.elements("groups"));
    file.end();
    Map<String, Field> out = new LinkedHashMap<>(members);
    out.put("groups", new Field.Sequence("groups", groups));
    return new RequestFile(out);
  }

  /// The same request with these windows only.
  public RequestFile withWindows(List<Window> windows) {
    List<Field> all = new ArrayList<>();
    for (Window w : windows) {
      Map<String, Field> fields = new LinkedHashMap<>();
      fields.put("id", new Field.Scalar("id", w.id()));
      fields.put("start", seconds("start", w.startMillis()));
      fields.put("end", seconds("end", w.endMillis()));
      Map<String, Field> labels = new LinkedHashMap<>();
      w.labels().forEach((name, values) -> labels.put(name, texts(values)));
      fields.put("labels", new Field.Members("labels", labels));
      all.add(new Field.Members("windows", fields));
    }
    Map<String, Field> out = new LinkedHashMap<>(members);
    out.put("windows", new Field.Sequence("windows", all));
    return new RequestFile(out);
  }

  private static Field seconds(String path, long millis) {
    return new Field.Scalar(path, BigDecimal.valueOf(millis, 3).toPlainString());
  }

  private static Field texts(List<String> values) {
    return new Field.Sequence(
        "labels", values.stream().map(v -> (Field) new Field.Scalar("labels", v)).toList());
  }

  /// The request as JSON.
  public String json() {
    StringBuilder out = new StringBuilder();
    print(new Field.Members("", members), out);
    return out.append('\n').toString();
  }

  private static void print(Field f, StringBuilder out) {
    switch (f) {
      case Field.Scalar s -> out.append(JsonQuote.quote(s.text()));
      case Field.Sequence s -> {
        String before = "[";
        for (Field e : s.elements()) {
          out.append(before);
          print(e, out);
          before = ",";
        }
        out.append(s.elements().isEmpty() ? "[]" : "]");
      }
      case Field.Members m -> {
        String before = "{";
        for (String name : m.names()) {
          out.append(before).append(JsonQuote.quote(name)).append(':');
          m.find(name).ifPresent(v -> print(v, out));
          before = ",";
        }
        out.append(m.names().isEmpty() ? "{}" : "}");
      }
    }
  }
}
