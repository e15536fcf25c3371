package io.lamella.cli.bucket;

import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A sample as text that is equal where all bits of the value are. Buckets without observations and
/// the hint of a counter reset are not in it: storing a histogram may change them.
final class SampleText {
  private SampleText() {}

  static String bits(double v) {
    return String.format("%016x", Double.doubleToRawLongBits(v));
  }

  static String of(SampleColumns samples, int i) {
    String value = of(samples.values()[i], samples.histogramAt(i));
    long start = samples.startTimeAt(i);
    return start == 0 ? value : value + " since " + start;
  }

  /// @param h absent where the sample is a float
  static String of(double value, @Nullable Histogram h) {
    if (h == null) {
      return bits(value);
    }
    String kind = h.hasIntegerCounts() ? "int" : "float";
    if (h.isStale()) {
      return "stale histogram";
    }
    return kind
        + " schema="
        + h.schema()
        + " count="
        + bits(h.count())
        + " sum="
        + bits(h.sum())
        + " zero="
        + bits(h.zeroThreshold())
        + "/"
        + bits(h.zeroCount())
        + " +"
        + buckets(h.positiveSpans(), h.positive())
        + " -"
        + buckets(h.negativeSpans(), h.negative())
        + " custom="
        + Arrays.stream(h.customValues()).mapToObj(SampleText::bits).toList();
  }

  private static String buckets(List<Span> spans, double[] counts) {
    TreeMap<Integer, String> out = new TreeMap<>();
    int at = 0;
    int n = 0;
    for (Span s : spans) {
      at += s.offset();
      for (int k = 0; k < s.length(); k++) {
        if (counts[n] != 0) {
          out.put(at, bits(counts[n]));
        }
        at++;
        n++;
      }
    }
    return out.toString();
  }

  /// The value of a sample in the form of Prometheus' dump.
  static String of(JsonNode value) {
    if (value.isString()) {
      return value.asString();
    }
    if (!value.has("positive")) {
      return "stale histogram";
    }
    return value.get("kind").asString()
        + " schema="
        + value.get("schema").asInt()
        + " count="
        + value.get("count").asString()
        + " sum="
        + value.get("sum").asString()
        + " zero="
        + value.get("zero_threshold").asString()
        + "/"
        + value.get("zero_count").asString()
        + " +"
        + buckets(value.get("positive_spans"), value.get("positive"))
        + " -"
        + buckets(value.get("negative_spans"), value.get("negative"))
        + " custom="
        + value.get("custom").valueStream().map(JsonNode::asString).toList();
  }

  private static String buckets(JsonNode spans, JsonNode counts) {
    TreeMap<Integer, String> out = new TreeMap<>();
    int at = 0;
    int n = 0;
    for (JsonNode s : spans) {
      at += s.get("Offset").asInt();
      for (int k = 0; k < s.get("Length").asInt(); k++) {
        String count = counts.get(n++).asString();
        if (!count.equals("0000000000000000")) {
          out.put(at, count);
        }
        at++;
      }
    }
    return out.toString();
  }
}
