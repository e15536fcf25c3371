package io.lamella.cli.bucket;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.promql.real.RecordedAnswers;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.block.BlockMeta;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What Prometheus reads from the source blocks that count, each in the days for which it counts,
/// and the results of its engine over them.
final class PrometheusComparison {
  private final PrometheusProcess process;

  PrometheusComparison(PrometheusProcess process) {
    this.process = process;
  }

  /// Whether Prometheus' merge is the rule for all that is published. It knows no penalty rule.
  static boolean isDefined(ExpectedBucket expected) {
    return expected.days().values().stream()
        .flatMap(d -> d.values().stream())
        .flatMap(List::stream)
        .allMatch(m ->
            m.kind().rules().dedup() == BlockMeta.Dedup.MERGE
                || m.read().stream()
                        .map(b -> ExpectedBucket.replica(b, m.kind().rules()))
                        .distinct()
                        .count()
                    == 1);
  }

  /// Opens the blocks.
  void load(ExpectedBucket expected) throws IOException {
    ObjectNode command = PrometheusProcess.JSON.createObjectNode().put("op", "load");
    ArrayNode parts = command.putArray("parts");
    expected
        .days()
        .values()
        .forEach(days ->
            days.forEach((day, all) ->
                all.forEach(made ->
                    made.read()
                        .forEach(b -> {
                          ObjectNode part = parts.addObject().put("dir", b.intact().toString());
                          part.put("from", day * BucketBlock.DAY);
                          part.put("to", (day + 1) * BucketBlock.DAY - 1);
                          PrometheusBlocks.put(
                              part.putObject("set"), ExpectedBucket.added(b, made.kind().rules()));
                        }))));
    process.run(command);
  }

  void close() throws IOException {
    process.run(PrometheusProcess.JSON.createObjectNode().put("op", "close"));
  }

  /// Compares all samples. Where source blocks differ at an instant, Prometheus may have any of
  /// their samples.
  Optional<String> difference(ExpectedSeries expected) throws IOException {
    JsonNode dump = process.run(PrometheusProcess.JSON.createObjectNode().put("op", "dump"));
    Map<Labels, TreeMap<Long, String>> found = new TreeMap<>();
    for (JsonNode series : dump.get("series")) {
      LabelsBuilder labels = new LabelsBuilder();
      series
          .get("labels")
          .properties()
          .forEach(l -> labels.set(l.getKey(), l.getValue().asString()));
      TreeMap<Long, String> samples = new TreeMap<>();
      series.get("samples").forEach(s -> samples.put(s.get(0).asLong(), SampleText.of(s.get(1))));
      if (!samples.isEmpty()) {
        found.put(labels.build(), samples);
      }
    }
    return expected.differenceToOffered(found).map(d -> "Prometheus has " + d);
  }

  /// Compares the results of queries.
  Optional<String> difference(List<RandomQueries.Query> queries, SeriesSource source)
      throws IOException {
    ObjectNode command = PrometheusProcess.JSON.createObjectNode().put("op", "eval");
    ArrayNode all = command.putArray("queries");
    for (RandomQueries.Query q : queries) {
      all.addObject()
          .put("query", q.text())
          .put("start", q.startMillis())
          .put("end", q.endMillis())
          .put("step", q.stepMillis());
    }
    RecordedAnswers ours = new RecordedAnswers(source, Set.of(), 0);
    for (JsonNode answer : process.run(command).get("answers")) {
      String difference = ours.compare(answer);
      if (!difference.isEmpty()) {
        return Optional.of(answer + "\n differs: " + difference);
      }
    }
    return Optional.empty();
  }
}
