package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.BacktestLimits;
import io.lamella.gateway.backtest.Window;
import io.lamella.promql.MemoryAccount;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads the windows of a request: a list, or the text of a file with one window a line or event.
final class WindowReader {
  /// More are refused before they take memory.
  private static final int MAX_WINDOWS = BacktestLimits.DEFAULT.maxWindows();

  private WindowReader() {}

  /// Those that a request lists, or has as a text, whose fields need memory of their own; there may
  /// be none where history tells windows.
  static List<Window> windows(Field.Members request, MemoryAccount memory) {
    List<Field.Members> all = fields(request, memory);
    if (all.isEmpty() && request.find("windows_from").isEmpty()) {
      throw new BacktestException(request.pathOf("windows"), "there are none");
    }
    checkCount(all.size(), request.pathOf("windows"));
    List<Window> out = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Field.Members f : all) {
      Window w = window(f, out.size());
      if (!ids.add(w.id())) {
        throw new BacktestException(
            f.pathOf("id"), "\"" + w.id() + "\" is the id of another window, too");
      }
      out.add(w);
    }
    return out;
  }

  /// @throws BacktestException where there are too many windows
  static void checkCount(int windows, String path) {
    if (windows > MAX_WINDOWS) {
      throw new BacktestException(path, windows + " windows, limit " + MAX_WINDOWS);
    }
  }

  private static List<Field.Members> fields(Field.Members request, MemoryAccount memory) {
    if (request.find("windows").orElse(null) instanceof Field.Members file) {
      return WindowsText.fields(file, memory);
    }
    return request.elements("windows").stream().map(Field::asMembers).toList();
  }

  private static Window window(Field.Members f, int number) {
    long start = BacktestReader.time(f.required("start"), f.pathOf("start"));
    Optional<String> end = f.text("end");
    Optional<String> length = f.text("duration");
    if (end.isPresent() == length.isPresent()) {
      throw new BacktestException(f.path(), "needs either end or duration");
    }
    long until =
        end.isPresent()
            ? BacktestReader.time(end.get(), f.pathOf("end"))
            : start + BacktestReader.duration(length.orElse(""), f.pathOf("duration"));
    if (until <= start) {
      String name = end.isPresent() ? "end" : "duration";
      throw new BacktestException(
          f.find(name).map(Field::path).orElse(f.path()), "the window ends before it begins");
    }
    SortedMap<String, List<String>> labels =
        f.members("labels").map(WindowReader::labels).orElse(new TreeMap<>());
    String id = f.text("id").filter(t -> !t.isEmpty()).orElse("window-" + (number + 1));
    f.end();
    return new Window(id, start, until, labels);
  }

  private static SortedMap<String, List<String>> labels(Field.Members f) {
    SortedMap<String, List<String>> out = new TreeMap<>();
    for (String name : f.names()) {
      if (!BacktestReader.LABEL.matcher(name).matches() || name.startsWith("__")) {
        throw new BacktestException(f.pathOf(name), "is not a name for a label");
      }
      f.find(name).ifPresent(v -> out.put(name, v.asTexts()));
    }
    return out;
  }
}
