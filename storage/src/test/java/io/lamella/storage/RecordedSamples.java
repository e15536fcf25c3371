package io.lamella.storage;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Samples as a real Prometheus read them, bit for bit: lines of labels and `[t, start, value]`.
/// Each sample is kept as one text; samples of Lamella are compared in the same form.
public final class RecordedSamples {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RecordedSamples() {}

  /// The directory of the recorded blocks, from the directory of any module.
  public static Path directory() {
    return inProject("storage", "src", "test", "resources", "real");
  }

  /// The directory of their samples and query results, which the tests of promql read, too.
  public static Path recorded(String file) {
    return inProject("promql", "src", "test", "resources", "real", file);
  }

  /// A path below the project's directory, from the directory of any module.
  public static Path inProject(String first, String... more) {
    Path below = Path.of(first, more);
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      if (Files.exists(p.resolve(below))) {
        return p.resolve(below);
      }
    }
    throw new IllegalStateException("no " + below + " above " + Path.of("").toAbsolutePath());
  }

  /// The samples of a set by series.
  public static Map<Labels, List<String>> read(String set) throws IOException {
    Map<Labels, List<String>> out = new TreeMap<>();
    Path file = recorded(set + ".samples.jsonl.gz");
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode series = JSON.readTree(line);
        Map<String, String> labels = new TreeMap<>();
        series
            .get("labels")
            .properties()
            .forEach(e -> labels.put(e.getKey(), e.getValue().asString()));
        List<String> samples = new ArrayList<>();
        for (JsonNode s : series.get("samples")) {
          samples.add(s.get(0).asLong() + " " + s.get(1).asLong() + " " + value(s.get(2)));
        }
        out.put(Labels.of(labels), samples);
      }
    }
    return out;
  }

  private static String value(JsonNode v) {
    if (v.isString()) {
      return v.asString();
    }
    String head =
        v.get("kind").asString()
            + " "
            + v.get("reset").asInt()
            + " "
            + v.get("count").asString()
            + " "
            + v.get("sum").asString();
    if (v.get("sum").asString().equals("7ff0000000000002")) {
      return v.get("kind").asString() + " stale";
    }
    return head
        + " s"
        + v.get("schema").asInt()
        + " z"
        + v.get("zero_threshold").asString()
        + ":"
        + v.get("zero_count").asString()
        + " "
        + spans(v.get("positive_spans"))
        + strings(v.get("positive"))
        + " "
        + spans(v.get("negative_spans"))
        + strings(v.get("negative"))
        + " c"
        + strings(v.get("custom"));
  }

  private static String spans(JsonNode spans) {
    StringBuilder out = new StringBuilder();
    spans.forEach(s ->
        out.append(s.get("Offset").asInt())
            .append('+')
            .append(s.get("Length").asInt())
            .append(','));
    return out.toString();
  }

  private static String strings(JsonNode all) {
    StringBuilder out = new StringBuilder();
    all.forEach(s -> out.append(s.asString()).append(','));
    return out.toString();
  }

  /// Our samples in the same form.
  public static List<String> text(SampleColumns samples) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      Histogram h = samples.histogramAt(i);
      out.add(
          samples.times()[i]
              + " "
              + samples.startTimeAt(i)
              + " "
              + (h == null ? bits(samples.values()[i]) : text(h)));
    }
    return out;
  }

  private static String text(Histogram h) {
    String kind = h.hasIntegerCounts() ? "int" : "float";
    if (h.isStale()) {
      return kind + " stale";
    }
    return kind
        + " "
        + h.counterReset().ordinal()
        + " "
        + bits(h.count())
        + " "
        + bits(h.sum())
        + " s"
        + h.schema()
        + " z"
        + bits(h.zeroThreshold())
        + ":"
        + bits(h.zeroCount())
        + " "
        + spans(h.positiveSpans())
        + bits(h.positive())
        + " "
        + spans(h.negativeSpans())
        + bits(h.negative())
        + " c"
        + bits(h.customValues());
  }

  private static String spans(List<Span> spans) {
    StringBuilder out = new StringBuilder();
    spans.forEach(s -> out.append(s.offset()).append('+').append(s.length()).append(','));
    return out.toString();
  }

  private static String bits(double[] all) {
    StringBuilder out = new StringBuilder();
    for (double v : all) {
      out.append(bits(v)).append(',');
    }
    return out.toString();
  }

  private static String bits(double v) {
    return String.format("%016x", Double.doubleToRawLongBits(v));
  }
}
