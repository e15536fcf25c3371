package io.lamella.promql.real;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads series in the oracle's dump format, one JSON object per line.
public final class RecordedSamples {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private RecordedSamples() {}

  static List<JsonNode> lines(InputStream gzipped) {
    List<JsonNode> out = new ArrayList<>();
    try (BufferedReader r =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(gzipped), StandardCharsets.UTF_8))) {
      for (String line = r.readLine(); line != null; line = r.readLine()) {
        if (!line.isBlank()) {
          out.add(JSON.readTree(line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }

  static SeriesSource load(InputStream gzipped) {
    return load(lines(gzipped));
  }

  public static SeriesSource load(Iterable<JsonNode> lines) {
    TreeMap<Labels, SampleColumns> series = new TreeMap<>();
    for (JsonNode line : lines) {
      LabelsBuilder labels = new LabelsBuilder();
      line.get("labels").properties().forEach(e -> labels.add(e.getKey(), e.getValue().asString()));
      SampleColumns samples = new SampleColumns();
      for (JsonNode s : line.get("samples")) {
        JsonNode v = s.get(2);
        if (v.isString()) {
          samples.add(s.get(0).asLong(), bits(v));
        } else {
          samples.add(s.get(0).asLong(), histogram(v));
        }
        samples.startTime(s.get(1).asLong());
      }
      series.put(labels.build(), samples);
    }
    return new MemorySeriesSource(series);
  }

  private static double bits(JsonNode hex) {
    return Double.longBitsToDouble(Long.parseUnsignedLong(hex.asString(), 16));
  }

  private static Histogram histogram(JsonNode h) {
    if (!h.has("zero_threshold")) {
      return Histogram.stale();
    }
    return new Histogram(
        CounterReset.values()[h.get("reset").asInt()],
        h.get("schema").asInt(),
        bits(h.get("zero_threshold")),
        bits(h.get("zero_count")),
        bits(h.get("count")),
        bits(h.get("sum")),
        spans(h.get("positive_spans")),
        doubles(h.get("positive")),
        spans(h.get("negative_spans")),
        doubles(h.get("negative")),
        h.has("custom") ? doubles(h.get("custom")) : new double[0]);
  }

  private static List<Span> spans(JsonNode list) {
    List<Span> out = new ArrayList<>();
    for (JsonNode s : list) {
      out.add(new Span(s.get("Offset").asInt(), s.get("Length").asInt()));
    }
    return out;
  }

  private static double[] doubles(JsonNode list) {
    double[] out = new double[list.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = bits(list.get(i));
    }
    return out;
  }
}
