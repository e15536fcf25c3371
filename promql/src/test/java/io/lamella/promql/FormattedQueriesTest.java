package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.ast.Feature;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A formatted query parses to the same query, and is formatted in the same way.
class FormattedQueriesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final PromqlEngine ENGINE = engine();

  private static PromqlEngine engine() {
    EngineOptions d = EngineOptions.defaults();
    return new PromqlEngine(
        new EngineOptions(
            d.lookback(),
            d.timeout(),
            d.maxSamples(),
            d.subqueryStep(),
            EnumSet.of(
                Feature.EXPERIMENTAL_FUNCTIONS,
                Feature.EXTENDED_RANGE_SELECTORS,
                Feature.BINOP_FILL_MODIFIERS)));
  }

  @Test
  void recordedQueriesAreUnchanged() throws IOException {
    List<String> queries = recorded();
    assertTrue(queries.size() > 1000, "few queries: " + queries.size());
    for (String query : queries) {
      assertStaysItself(query);
    }
  }

  @Test
  void queriesOfTheSharedParserCasesAreUnchanged() throws IOException {
    Path file =
        SharedFiles.findOrSkip(
            "promql-parser-cases.jsonl", "formatting the parser cases of Prometheus");
    for (String line : Files.readAllLines(file)) {
      JsonNode c = JSON.readTree(line);
      if (c.get("ok").asBoolean()) {
        assertStaysItself(c.get("input").asString());
      }
    }
  }

  private static void assertStaysItself(String query) {
    String formatted = ENGINE.format(query, MemoryAccount.UNLIMITED);
    assertEquals(tree(query), tree(formatted), query);
    assertEquals(tree(query), tree(ENGINE.parse(query).toString()), query);
    assertEquals(formatted, ENGINE.format(formatted, MemoryAccount.UNLIMITED), query);
  }

  private static JsonNode tree(String query) {
    JsonNode tree = JSON.readTree(ENGINE.syntaxTree(query, MemoryAccount.UNLIMITED));
    sortMatchers(tree);
    return tree;
  }

  /// Printing sorts matchers; their order has no meaning.
  private static void sortMatchers(JsonNode node) {
    if (node instanceof ObjectNode o && o.get("matchers") instanceof ArrayNode all) {
      List<JsonNode> sorted = new ArrayList<>(all.values());
      sorted.sort(Comparator.comparing(JsonNode::toString));
      o.set("matchers", JSON.createArrayNode().addAll(sorted));
    }
    for (JsonNode child : node) {
      sortMatchers(child);
    }
  }

  private static List<String> recorded() throws IOException {
    List<String> out = new ArrayList<>();
    for (String set : List.of("floats", "histograms", "starttimes")) {
      String name = "/real/" + set + ".answers.jsonl.gz";
      try (InputStream in = FormattedQueriesTest.class.getResourceAsStream(name);
          BufferedReader lines =
              new BufferedReader(
                  new InputStreamReader(
                      new GZIPInputStream(Objects.requireNonNull(in, name)),
                      StandardCharsets.UTF_8))) {
        for (String line : (Iterable<String>) lines.lines()::iterator) {
          String query = JSON.readTree(line).get("query").asString();
          try {
            ENGINE.parse(query);
            out.add(query);
          } catch (ParseException e) {
            // This query was recorded for its error.
          }
        }
      }
    }
    return out;
  }
}
