package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.http.ApiServer.HttpOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Completion of expressions in editors: the npm packages @prometheus-io/codemirror-promql,
///
/// @codemirror/state and @codemirror/autocomplete, where Node.js finds them, also in the directory
///   `LAMELLA_TEST_NODE_MODULES`.
class CompletionTest {
  /// Editors close braces and quotes at once; of an open brace at the end of an expression, the
  /// package asks no server.
  private static final String METRIC = "edge_http_req|";

  private static final String NAME = "up{|}";
  private static final String VALUE = "up{job=\"|\"}";
  private static final String OPEN_VALUE = "up{job=\"|";
  private static final String GROUPING = "sum by (|) (up)";

  @TempDir Path directory;

  private static TreeSet<String> texts(JsonNode array) {
    TreeSet<String> out = new TreeSet<>();
    array.forEach(v -> out.add(v.asString()));
    return out;
  }

  @Test
  void metricsLabelsAndValuesAreOffered() throws Exception {
    String modules = Optional.ofNullable(System.getenv("LAMELLA_TEST_NODE_MODULES")).orElse("");
    ForeignClient node = new ForeignClient("node", Map.of("NODE_PATH", modules), directory);
    for (String name :
        new String[] {
          "@prometheus-io/codemirror-promql", "@codemirror/state", "@codemirror/autocomplete"
        }) {
      node.orAbort("npm package " + name, "-e", "require('" + name + "')");
    }
    Path bucket = directory.resolve("bucket");
    GrpcGateway.publish("floats", bucket, "cluster", "a");
    try (HttpGateway gateway = HttpGateway.open(bucket, HttpOptions.LOCAL)) {
      JsonNode offered =
          node.ask(
              "codemirror_promql_test.cjs",
              "http://127.0.0.1:" + gateway.port(),
              METRIC,
              NAME,
              VALUE,
              OPEN_VALUE,
              GROUPING);
      JsonNode metrics = gateway.json("/api/v1/label/__name__/values").get("data");
      TreeSet<String> labels = texts(gateway.json("/api/v1/labels", "match[]", "up").get("data"));
      labels.remove("__name__");
      JsonNode jobs = gateway.json("/api/v1/label/job/values", "match[]", "up").get("data");

      assertTrue(metrics.size() > 2);
      assertTrue(texts(offered.get(METRIC)).containsAll(texts(metrics)));
      assertTrue(labels.contains("job"));
      assertEquals(labels, texts(offered.get(NAME)));
      assertEquals(labels, texts(offered.get(GROUPING)));
      assertTrue(!jobs.isEmpty());
      assertEquals(texts(jobs), texts(offered.get(VALUE)));
      assertEquals(texts(jobs), texts(offered.get(OPEN_VALUE)));
    }
  }
}
