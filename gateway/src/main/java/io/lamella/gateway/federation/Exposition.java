package io.lamella.gateway.federation;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.promql.VectorSample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Samples as an exposition of metrics, as Prometheus' `/federate` sends them: by metric name, each
/// with its time, with an empty `instance` where a series has none, so that the reading Prometheus
/// does not add its own.
public final class Exposition {
  private static final String INSTANCE = "instance";

  private final List<VectorSample> samples;

  /// @param samples in any order; those without a metric name are left out
  public Exposition(List<VectorSample> samples) {
    List<VectorSample> named = new ArrayList<>();
    for (VectorSample s : samples) {
      if (!s.labels().metricName().isEmpty()) {
        named.add(s);
      }
    }
    named.sort(Comparator.comparing(s -> s.labels().metricName()));
    this.samples = named;
  }

  /// Where the bytes of an exposition go.
  @FunctionalInterface
  public interface Output {
    void write(byte[] bytes) throws IOException;
  }

  /// The type of a family of metrics.
  enum Kind {
    UNTYPED,
    HISTOGRAM,
    GAUGE_HISTOGRAM;

    static Kind of(VectorSample s) {
      Histogram h = s.histogram();
      if (h == null) {
        return UNTYPED;
      }
      return h.counterReset() == CounterReset.GAUGE ? GAUGE_HISTOGRAM : HISTOGRAM;
    }
  }

  /// A format: takes the samples one after another.
  interface Writer {
    /// False for samples that the format has no form for.
    boolean takes(VectorSample sample);

    /// Begins a family. The samples up to the next one are of it.
    void family(String name, Kind kind) throws IOException;

    /// @param labels without the metric name
    void sample(VectorSample sample, List<Label> labels) throws IOException;

    void end() throws IOException;
  }

  /// A label of a sample.
  record Label(String name, String value) {}

  /// Writes all samples.
  public void writeTo(Output out, ExpositionFormat format) throws IOException {
    Writer writer =
        switch (format.kind()) {
          case TEXT -> new TextWriter(out, format.names());
          case MESSAGES -> new MessageWriter(out, format.names());
        };
    Optional<VectorSample> before = Optional.empty();
    for (VectorSample s : samples) {
      if (!writer.takes(s)) {
        continue;
      }
      if (before.filter(b -> isOfOneFamily(b, s)).isEmpty()) {
        writer.family(s.labels().metricName(), Kind.of(s));
      }
      writer.sample(s, labels(s.labels(), format.names()));
      before = Optional.of(s);
    }
    writer.end();
  }

  private static boolean isOfOneFamily(VectorSample a, VectorSample b) {
    return Kind.of(a) == Kind.of(b) && a.labels().metricName().equals(b.labels().metricName());
  }

  private static List<Label> labels(Labels labels, NameEscaping escaping) {
    List<Label> out = new ArrayList<>(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.name(i);
      if (!name.equals(Labels.METRIC_NAME)) {
        out.add(new Label(escaping.escape(name), labels.value(i)));
      }
    }
    if (!labels.has(INSTANCE)) {
      out.add(new Label(INSTANCE, ""));
    }
    return out;
  }
}
