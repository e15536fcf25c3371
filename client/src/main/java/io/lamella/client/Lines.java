package io.lamella.client;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The lines of a streamed result as values.
final class Lines {
  private Lines() {}

  static Verdict verdict(Map<?, ?> line) throws IOException {
    Map<?, ?> evidence = Json.members(line, "evidence");
    return new Verdict(
        Json.text(line, "window"),
        line.containsKey("shift_seconds") ? seconds(line, "shift_seconds") : Duration.ZERO,
        Json.text(line, "constraint"),
        Json.texts(Json.members(line, "parameters")),
        outcome(Json.text(line, "verdict")),
        line.containsKey("first") ? Optional.of(violation(line)) : Optional.empty(),
        line.containsKey("error") ? Optional.of(Json.text(line, "error")) : Optional.empty(),
        evidence.isEmpty() ? Optional.empty() : Optional.of(evidence(evidence)));
  }

  private static Verdict.Outcome outcome(String text) throws IOException {
    for (Verdict.Outcome o : Verdict.Outcome.values()) {
      if (name(o).equals(text)) {
        return o;
      }
    }
    throw new IOException("cannot read the response: no such verdict: \"" + text + "\"");
  }

  private static String name(Verdict.Outcome o) {
    return o.name().toLowerCase(Locale.ROOT);
  }

  private static Verdict.Violation violation(Map<?, ?> line) throws IOException {
    List<Verdict.OffendingSeries> top = new ArrayList<>();
    for (Object s : Json.list(line, "top")) {
      if (s instanceof Map<?, ?> m) {
        top.add(
            new Verdict.OffendingSeries(
                Json.texts(Json.members(m, "metric")),
                time(m, "first"),
                time(m, "last"),
                seconds(m, "total_seconds"),
                Json.value(Json.text(m, "worst"))));
      }
    }
    return new Verdict.Violation(
        time(line, "first"),
        time(line, "last"),
        seconds(line, "total_seconds"),
        seconds(line, "longest_seconds"),
        Json.value(Json.text(line, "worst")),
        (long) Json.number(line, "series"),
        List.copyOf(top));
  }

  private static Verdict.Evidence evidence(Map<?, ?> e) throws IOException {
    return new Verdict.Evidence(
        Json.text(e, "query"),
        time(e, "start"),
        time(e, "end"),
        seconds(e, "step_seconds"),
        Json.text(e, "link"));
  }

  static Progress progress(Map<?, ?> line) throws IOException {
    return new Progress(
        (long) Json.number(line, "verdicts_done"),
        (long) Json.number(line, "verdicts"),
        (long) Json.number(line, "store_requests"),
        (long) Json.number(line, "store_bytes"),
        (long) Json.number(line, "cached_bytes"),
        (long) Json.number(line, "samples"),
        seconds(line, "elapsed_seconds"),
        line.containsKey("eta_seconds")
            ? Optional.of(seconds(line, "eta_seconds"))
            : Optional.empty());
  }

  static Summary summary(Map<?, ?> line) throws IOException {
    Map<Verdict.Outcome, Long> counts = new EnumMap<>(Verdict.Outcome.class);
    for (Verdict.Outcome o : Verdict.Outcome.values()) {
      counts.put(o, (long) Json.number(line, name(o)));
    }
    return new Summary(counts);
  }

  private static Duration seconds(Map<?, ?> of, String name) throws IOException {
    return Duration.ofMillis(Math.round(Json.number(of, name) * 1000));
  }

  private static Instant time(Map<?, ?> of, String name) throws IOException {
    try {
      return Instant.parse(Json.text(of, name));
    } catch (DateTimeException e) {
      throw new IOException("cannot read the response: \"" + name + "\" is no time in " + of, e);
    }
  }
}
