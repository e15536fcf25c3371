package io.lamella.promql.script;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.parse.Literals;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The lines below a `load`: series with their items, start timestamps above them.
final class LoadBlock {
  private final long stepMillis;
  private final Map<Labels, SampleColumns> series = new LinkedHashMap<>();
  private @Nullable Labels startsOf;
  private List<@Nullable Long> starts = List.of();

  LoadBlock(long stepMillis) {
    this.stepMillis = stepMillis;
  }

  /// @throws IllegalArgumentException where the line is malformed
  void line(String line) {
    SeriesLine.Parts parts = SeriesLine.parse(line);
    if (parts.rest().startsWith("@st")) {
      startsOf = parts.labels();
      starts = offsets(parts.rest().substring(3).trim());
      return;
    }
    SampleColumns samples = new SampleColumns();
    List<Script.@Nullable Item> items = ItemParser.parse(parts.rest());
    boolean useStarts = startsOf != null && startsOf.equals(parts.labels());
    if (useStarts && starts.size() != items.size()) {
      throw new IllegalArgumentException(
          "start timestamps have " + starts.size() + " positions, samples " + items.size());
    }
    for (int i = 0; i < items.size(); i++) {
      Script.Item item = items.get(i);
      if (item == null) {
        continue;
      }
      long t = i * stepMillis;
      Histogram h = item.histogram();
      if (h != null) {
        samples.add(t, h);
      } else {
        samples.add(t, item.value());
      }
      Long offset = useStarts ? starts.get(i) : null;
      if (offset != null) {
        samples.startTime(t + offset);
      }
    }
    startsOf = null;
    series.put(parts.labels(), samples);
  }

  private static List<@Nullable Long> offsets(String text) {
    List<@Nullable Long> out = new ArrayList<>();
    for (String word : text.split("[ \t]+")) {
      if (word.isEmpty()) {
        continue;
      }
      if (word.startsWith("_")) {
        int n = word.startsWith("_x") ? Integer.parseInt(word.substring(2)) : 1;
        for (int i = 0; i < n; i++) {
          out.add(null);
        }
        continue;
      }
      int x = word.indexOf('x');
      int times = x < 0 ? 0 : Integer.parseInt(word.substring(x + 1));
      String body = x < 0 ? word : word.substring(0, x);
      int split = Math.max(body.indexOf('+', 1), body.indexOf('-', 1));
      long value = signed(split < 0 ? body : body.substring(0, split));
      long delta = split < 0 ? 0 : signed(body.substring(split));
      for (int i = 0; i <= times; i++) {
        out.add(value);
        value += delta;
      }
    }
    return out;
  }

  private static long signed(String text) {
    boolean minus = text.startsWith("-");
    String body = minus || text.startsWith("+") ? text.substring(1) : text;
    long millis = millis(body);
    return minus ? -millis : millis;
  }

  /// Milliseconds of a duration.
  static long millis(String text) {
    try {
      return Literals.durationNanos(text) / 1_000_000;
    } catch (Literals.BadLiteral e) {
      throw new IllegalArgumentException(e.text());
    }
  }

  List<LoadedSeries> series() {
    List<LoadedSeries> out = new ArrayList<>();
    series.forEach((labels, samples) -> out.add(new LoadedSeries(labels, samples)));
    return out;
  }
}
