package io.lamella.cli.bucket;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Lets Prometheus write, compact and delete from source blocks.
final class PrometheusBlocks implements BlockFactory {
  private final PrometheusProcess process;

  PrometheusBlocks(PrometheusProcess process) {
    this.process = process;
  }

  private static ObjectNode command(String op) {
    return PrometheusProcess.JSON.createObjectNode().put("op", op);
  }

  static void put(ObjectNode labels, Labels values) {
    values.forEach(labels::put);
  }

  private static ObjectNode command(String op, Path root, Stated stated) throws IOException {
    ObjectNode out = command(op);
    out.put("out", Files.createDirectories(root).toString());
    out.put("ulid", stated.ulid().toString());
    out.put("min", stated.minMillis()).put("max", stated.maxMillis());
    put(out.putObject("external"), stated.external());
    ArrayNode sources = out.putArray("sources");
    stated.sources().forEach(s -> sources.add(s.toString()));
    return out.put("level", stated.sources().contains(stated.ulid()) ? 1 : 2);
  }

  @Override
  public boolean hasStartTimes() {
    return false;
  }

  @Override
  public void write(Path root, Stated stated, Map<Labels, SampleColumns> series)
      throws IOException {
    ObjectNode command = command("write", root, stated);
    ArrayNode all = command.putArray("series");
    series.forEach((labels, samples) -> {
      ObjectNode one = all.addObject();
      put(one.putObject("labels"), labels);
      ArrayNode points = one.putArray("samples");
      for (int i = 0; i < samples.size(); i++) {
        ArrayNode point = points.addArray().add(samples.times()[i]);
        Histogram h = samples.histogramAt(i);
        if (h == null) {
          point.add(SampleText.bits(samples.values()[i]));
        } else {
          point.add(histogram(h));
        }
      }
    });
    process.run(command);
  }

  private static ObjectNode histogram(Histogram h) {
    ObjectNode out = PrometheusProcess.JSON.createObjectNode();
    out.put("float", !h.hasIntegerCounts());
    out.put("gauge", h.counterReset() == CounterReset.GAUGE);
    out.put("stale", h.isStale());
    out.put("schema", h.schema());
    out.put("zeroThreshold", h.zeroThreshold()).put("zeroCount", h.zeroCount());
    out.put("count", h.count()).put("sum", SampleText.bits(h.sum()));
    ArrayNode spans = out.putArray("spans");
    h.positiveSpans()
        .forEach(s -> spans.addObject().put("Offset", s.offset()).put("Length", s.length()));
    ArrayNode buckets = out.putArray("buckets");
    for (double count : h.positive()) {
      buckets.add(count);
    }
    if (h.usesCustomBuckets()) {
      ArrayNode custom = out.putArray("custom");
      for (double bound : h.customValues()) {
        custom.add(bound);
      }
    }
    return out;
  }

  @Override
  public void delete(Path block, Labels series, TimeRange range) throws IOException {
    ObjectNode command = command("delete").put("dir", block.toString());
    ObjectNode matchers = command.putObject("labels");
    // A matcher of an empty value: else series that have further labels were deleted, too.
    RandomSeries.LABELS.forEach(name -> matchers.put(name, ""));
    put(matchers, series);
    process.run(command.put("from", range.startMillis()).put("to", range.endMillis()));
  }

  @Override
  public void compact(
      Path root, Stated stated, List<Path> blocks, Map<Labels, SampleColumns> series)
      throws IOException {
    ObjectNode command = command("compact", root, stated);
    ArrayNode paths = command.putArray("blocks");
    blocks.forEach(b -> paths.add(b.toString()));
    process.run(command);
  }
}
