package io.lamella.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A request for verdicts on windows. Immutable.
///
/// @param text in JSON or YAML
public record BacktestRequest(String text) {
  /// A request as a text, such as a file with `windows`, `constraints` and `groups` of rules.
  public static BacktestRequest ofText(String jsonOrYaml) {
    return new BacktestRequest(jsonOrYaml);
  }

  public static Builder builder() {
    return new Builder();
  }

  /// Collects the fields of a request. Not thread-safe.
  public static final class Builder {
    private final Map<String, Object> fields = new LinkedHashMap<>();
    private final List<Object> windows = new ArrayList<>();
    private final List<Object> constraints = new ArrayList<>();
    private final List<Object> groups = new ArrayList<>();
    private final Map<String, Object> sweep = new LinkedHashMap<>();

    private Builder() {}

    /// The distance of evaluation times; a minute by default.
    public Builder step(Duration step) {
      fields.put("step", Durations.text(step));
      return this;
    }

    /// No window may be judged outside of these times.
    public Builder range(Instant start, Instant end) {
      fields.put("start", start.toString());
      fields.put("end", end.toString());
      return this;
    }

    public Builder window(Window w) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("id", w.id());
      out.put("start", w.start().toString());
      out.put("end", w.end().toString());
      if (!w.labels().isEmpty()) {
        out.put("labels", w.labels());
      }
      windows.add(out);
      return this;
    }

    /// More windows, which history tells: each series of an expression is one while it is greater
    /// than 0. Needs a range.
    public Builder windowsFrom(String expr) {
      fields.put("windows_from", Map.of("expr", expr));
      return this;
    }

    public Builder constraint(Constraint c) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("name", c.name());
      out.put("expr", c.expr());
      out.putAll(c.fields());
      constraints.add(out);
      return this;
    }

    /// A group of rules in the form of Prometheus' rule files: alerting rules are constraints, and
    /// recording rules make metrics.
    ///
    /// @param group maps, lists, texts and numbers, as a YAML reader returns them
    public Builder group(Map<String, ?> group) {
      groups.add(group);
      return this;
    }

    /// The values of a parameter, `$name` in an expression or a duration; each is judged.
    public Builder sweep(String name, String... values) {
      sweep.put(name, List.of(values));
      return this;
    }

    /// How far before its own time a window is judged; several are judged apart.
    public Builder shift(Duration... shifts) {
      List<String> out = new ArrayList<>();
      for (Duration d : shifts) {
        out.add(d.isNegative() ? "-" + Durations.text(d.negated()) : Durations.text(d));
      }
      fields.put("shift", out);
      return this;
    }

    /// How many offending series a verdict lists.
    public Builder topSeries(int n) {
      fields.put("detail", Map.of("top_series", n));
      return this;
    }

    /// Any other field of the request.
    ///
    /// @param value maps, lists, texts, numbers and truth values
    public Builder field(String name, Object value) {
      fields.put(name, value);
      return this;
    }

    public BacktestRequest build() {
      Map<String, Object> all = new LinkedHashMap<>(fields);
      putUnlessEmpty(all, "windows", windows);
      putUnlessEmpty(all, "constraints", constraints);
      putUnlessEmpty(all, "groups", groups);
      if (!sweep.isEmpty()) {
        all.put("sweep", sweep);
      }
      return new BacktestRequest(Json.write(all));
    }

    private static void putUnlessEmpty(Map<String, Object> to, String name, List<Object> all) {
      if (!all.isEmpty()) {
        to.put(name, all);
      }
    }
  }
}
