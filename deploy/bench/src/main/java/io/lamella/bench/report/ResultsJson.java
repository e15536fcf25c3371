package io.lamella.bench.report;

import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes `results.json`.
public final class ResultsJson {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonGenerator out;

  private ResultsJson(JsonGenerator out) {
    this.out = out;
  }

  /// The report as JSON; each row is on a line of its own.
  public static String of(Report r) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      new ResultsJson(out).report(r);
    }
    return text.append('\n').toString();
  }

  private void report(Report r) {
    out.writeStartObject();
    out.writeStringProperty("size", r.run().data().size().name());
    out.writeNumberProperty("seed", r.run().data().seed());
    out.writeNumberProperty("samples", r.run().data().counts().samples());
    out.writeStringProperty("model", r.run().model());
    out.writeNumberProperty("rounds", r.run().rounds());
    texts("blocks", r.run().data().digests());
    Report.ConversionFigures c = r.conversion();
    out.writeObjectPropertyStart("conversion");
    number("seconds", c.cost().seconds());
    number("samplesPerSecond", c.samplesPerSecond());
    number("cpuSeconds", c.cost().cpuSeconds());
    number("peakBytes", c.cost().peakBytes());
    number("sourceBytes", c.sourceBytes());
    number("writtenBytes", c.writtenBytes());
    out.writeEndObject();
    out.writeObjectPropertyStart("servers");
    new TreeMap<>(r.servers().measured()).forEach(this::server);
    out.writeEndObject();
    texts("absent", r.servers().absent());
    out.writeArrayPropertyStart("failures");
    r.failures().forEach(out::writeString);
    out.writeEndArray();
    out.writeArrayPropertyStart("rows");
    for (ResultRow row : r.rows()) {
      out.writeRaw('\n');
      row(row);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private void server(String name, Report.ServerFigures s) {
    out.writeObjectPropertyStart(name);
    out.writeStringProperty("url", s.url());
    number("readyMillis", s.readyMillis());
    number("peakBytes", s.peakBytes());
    out.writeEndObject();
  }

  private void row(ResultRow r) {
    out.writeStartObject();
    out.writeStringProperty("class", r.group().queryClass());
    out.writeStringProperty("title", r.group().title());
    out.writeStringProperty("phase", r.group().phase().name().toLowerCase(Locale.ROOT));
    out.writeStringProperty("server", r.group().server());
    number("queries", r.correctness().queries());
    number("wrong", r.correctness().wrong());
    number("p50Millis", r.times().p50Millis());
    number("p90Millis", r.times().p90Millis());
    number("p99Millis", r.times().p99Millis());
    number("minMedianMillis", r.times().medians().min());
    number("maxMedianMillis", r.times().medians().max());
    number("rounds", r.store().rounds());
    number("gets", r.store().gets());
    number("maxGets", r.store().maxGets());
    number("fetchedKib", r.store().fetchedKib());
    number("cpuMillis", r.times().cpuMillis());
    number("dollarsPer1000", r.store().dollars());
    out.writeObjectPropertyStart("caches");
    new TreeMap<>(r.caches()).forEach(this::number);
    out.writeEndObject();
    out.writeEndObject();
  }

  /// Writes six significant digits, which is more than the precision of any figure.
  private void number(String name, double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      out.writeNumberProperty(name, (long) value);
    } else {
      out.writeName(name);
      out.writeNumber(String.format(Locale.ROOT, "%.6g", value));
    }
  }

  private void texts(String name, Map<String, String> texts) {
    out.writeObjectPropertyStart(name);
    new TreeMap<>(texts).forEach(out::writeStringProperty);
    out.writeEndObject();
  }
}
