package io.lamella.gateway.federation;

import io.lamella.gateway.federation.Exposition.Kind;
import io.lamella.gateway.federation.Exposition.Label;
import io.lamella.gateway.federation.Exposition.Output;
import io.lamella.model.Histogram;
import io.lamella.promql.VectorSample;
import io.lamella.promql.ast.Numbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Prometheus' text format. It has no form for native histograms with exponential buckets; those
/// with custom ones become classic histograms.
final class TextWriter implements Exposition.Writer {
  private static final int PIECE = 16 << 10;

  private final Output to;
  private final NameEscaping names;
  private final StringBuilder out = new StringBuilder();
  private String family = "";

  TextWriter(Output to, NameEscaping names) {
    this.to = to;
    this.names = names;
  }

  @Override
  public boolean takes(VectorSample sample) {
    Histogram h = sample.histogram();
    return h == null || h.usesCustomBuckets();
  }

  @Override
  public void family(String name, Kind kind) {
    family = names.escape(name);
    out.append("# TYPE ");
    name(family);
    out.append(
        switch (kind) {
          case UNTYPED -> " untyped\n";
          case HISTOGRAM, GAUGE_HISTOGRAM -> " histogram\n";
        });
  }

  @Override
  public void sample(VectorSample sample, List<Label> labels) throws IOException {
    Histogram h = sample.histogram();
    if (h == null) {
      line(family, labels, sample.value(), sample.timeMillis());
    } else {
      double[] counts = CustomBuckets.cumulative(h);
      for (int i = 0; i < counts.length; i++) {
        bucket(labels, number(h.customValues()[i]), counts[i], sample.timeMillis());
      }
      if (counts.length == 0 || h.customValues()[counts.length - 1] < Double.POSITIVE_INFINITY) {
        bucket(labels, "+Inf", h.count(), sample.timeMillis());
      }
      line(family + "_sum", labels, h.sum(), sample.timeMillis());
      line(family + "_count", labels, h.count(), sample.timeMillis());
    }
    if (out.length() >= PIECE) {
      flush();
    }
  }

  private void bucket(List<Label> labels, String bound, double count, long timeMillis) {
    List<Label> all = new java.util.ArrayList<>(labels);
    all.add(new Label("le", bound));
    line(family + "_bucket", all, count, timeMillis);
  }

  private void line(String metric, List<Label> labels, double value, long timeMillis) {
    boolean plain = NameEscaping.isPlain(metric);
    if (!plain) {
      out.append('{');
    }
    name(metric);
    boolean first = plain;
    for (Label l : labels) {
      out.append(first ? '{' : ',');
      first = false;
      name(l.name());
      out.append("=\"");
      escaped(l.value());
      out.append('"');
    }
    out.append("} ").append(number(value)).append(' ').append(timeMillis).append('\n');
  }

  /// A name, quoted where it has to be.
  private void name(String name) {
    if (NameEscaping.isPlain(name)) {
      out.append(name);
    } else {
      out.append('"');
      escaped(name);
      out.append('"');
    }
  }

  private void escaped(String s) {
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '"' -> out.append("\\\"");
        default -> out.append(c);
      }
    }
  }

  /// Zeros have no sign here, as in Prometheus.
  private static String number(double v) {
    return v == 0 ? "0" : Numbers.general(v);
  }

  @Override
  public void end() throws IOException {
    flush();
  }

  private void flush() throws IOException {
    to.write(out.toString().getBytes(StandardCharsets.UTF_8));
    out.setLength(0);
  }
}
