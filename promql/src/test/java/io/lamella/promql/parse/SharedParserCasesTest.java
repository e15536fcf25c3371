package io.lamella.promql.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.promql.EngineOptions;
import io.lamella.promql.ParseException;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.SharedFiles;
import io.lamella.promql.ast.Feature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The results of Prometheus' own parser cases, where the shared folder has them.
class SharedParserCasesTest {
  @Test
  void everyParserCaseHasTheSameTextOrErrorAndPosition() throws IOException {
    Path file =
        SharedFiles.findOrSkip("promql-parser-cases.jsonl", "the parser cases of Prometheus");
    EngineOptions d = EngineOptions.defaults();
    PromqlEngine engine =
        new PromqlEngine(
            new EngineOptions(
                d.lookback(),
                d.timeout(),
                d.maxSamples(),
                d.subqueryStep(),
                Set.of(Feature.EXPERIMENTAL_FUNCTIONS, Feature.EXTENDED_RANGE_SELECTORS)));
    List<String> different = new ArrayList<>();
    JsonMapper json = JsonMapper.builder().build();
    for (String line : Files.readAllLines(file)) {
      JsonNode c = json.readTree(line);
      String want =
          c.get("ok").asBoolean()
              ? "ok"
              : (c.get("position").isNull() ? "unknown position" : c.get("position").asString())
                  + ": parse error: "
                  + c.get("error").asString();
      String got = "ok";
      try {
        engine.parse(c.get("input").asString());
      } catch (ParseException e) {
        got = String.valueOf(e.getMessage());
      }
      if (!want.equals(got)) {
        different.add(c.get("input").asString() + "\n want " + want + "\n got  " + got);
      }
    }
    assertEquals(List.of(), different);
  }
}
