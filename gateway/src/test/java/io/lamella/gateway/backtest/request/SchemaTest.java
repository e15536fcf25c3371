package io.lamella.gateway.backtest.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.backtest.BacktestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// `backtest.schema.json` and the reader agree.
class SchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path SOURCES = Path.of("src/main/java/io/lamella/gateway/backtest/request");
  private static final Pattern READ =
      Pattern.compile("\\.(?:text|required|members|elements|find|contains)\\(\"([a-z_]+)\"");

  private final JsonNode schema = schema();

  private static JsonNode schema() {
    try (InputStream in = BacktestReader.class.getResourceAsStream("backtest.schema.json")) {
      return JSON.readTree(java.util.Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode resolved(JsonNode s) {
    return s.has("$ref") ? schema.at(s.get("$ref").asString().substring(1)) : s;
  }

  /// A value that the schema allows: its example, or one made of those of its parts.
  ///
  /// @param choice which of alternatives is taken
  private Object example(JsonNode s, int choice) {
    if (s.has("examples")) {
      return JSON.convertValue(s.get("examples").get(0), Object.class);
    }
    JsonNode r = resolved(s);
    if (r.has("examples")) {
      return JSON.convertValue(r.get("examples").get(0), Object.class);
    }
    if (r.has("items")) {
      return List.of(example(r.get("items"), choice));
    }
    if (r.has("oneOf") && !r.has("properties")) {
      return example(r.get("oneOf").get(Math.min(choice, r.get("oneOf").size() - 1)), choice);
    }
    Map<String, Object> out = new LinkedHashMap<>();
    r.get("properties")
        .properties()
        .forEach(e -> out.put(e.getKey(), example(e.getValue(), choice)));
    return out;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object o) {
    return (Map<String, Object>) o;
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> request(int windows) {
    Map<String, Object> out = object(example(schema, windows));
    if (windows == 0) {
      // An end or a duration.
      Map<String, Object> window = object(((List<Object>) out.get("windows")).getFirst());
      Map<String, Object> other = new LinkedHashMap<>(window);
      window.remove("duration");
      other.remove("end");
      other.put("id", "another");
      out.put("windows", List.of(window, other));
    }
    out.put("start", "2025-01-01T00:00:00Z");
    out.put("end", "2025-12-31T00:00:00Z");
    return out;
  }

  @Test
  void everyFieldOfTheSchemaIsRead() throws Exception {
    for (int windows = 0; windows < 2; windows++) {
      BacktestReader.read(JSON.writeValueAsString(request(windows)));
    }
    RequestFile file =
        RequestFile.read(
            JSON.writeValueAsString(request(2)),
            name -> "id,start,duration\nmw-1,2025-06-02T02:00:00Z,1h\n");
    assertEquals("mw-1", BacktestReader.read(file.json()).windows().getFirst().id());
  }

  private void names(JsonNode s, TreeSet<String> to) {
    for (Map.Entry<String, JsonNode> e : s.properties()) {
      if (e.getKey().equals("properties")) {
        to.addAll(e.getValue().propertyNames());
      }
      if (!e.getKey().equals("examples")) {
        names(e.getValue(), to);
      }
    }
    if (s.isArray()) {
      s.forEach(e -> names(e, to));
    }
  }

  @Test
  void everyFieldThatTheReaderKnowsIsInTheSchema() throws Exception {
    TreeSet<String> described = new TreeSet<>();
    names(schema, described);
    TreeSet<String> read = new TreeSet<>();
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path f : files.toList()) {
        Matcher m = READ.matcher(Files.readString(f).replaceAll("\\s+\\.", "."));
        while (m.find()) {
          read.add(m.group(1));
        }
      }
    }

    assertTrue(read.size() > 25, read::toString);
    assertEquals(described, read);
  }

  /// Puts an unknown field into each object of a request that has fixed fields.
  private void intrude(Object o, JsonNode s, List<Runnable> to) {
    JsonNode r = resolved(s);
    if (o instanceof Map<?, ?> m && r.has("oneOf") && !r.has("properties")) {
      for (JsonNode alternative : r.get("oneOf")) {
        JsonNode fields = resolved(alternative).path("properties");
        if (m.keySet().stream().allMatch(name -> fields.has(String.valueOf(name)))) {
          intrude(o, alternative, to);
        }
      }
      return;
    }
    if (o instanceof Map<?, ?> && r.has("properties")) {
      Map<String, Object> m = object(o);
      if (r.path("additionalProperties").isBoolean()) {
        to.add(() -> {
          m.put("unheard", "1");
          BacktestException e =
              assertThrows(
                  BacktestException.class,
                  () -> BacktestReader.read(JSON.writeValueAsString(request)));
          assertTrue(
              e.path().endsWith("unheard")
                  && String.valueOf(e.getMessage()).endsWith(": unknown field"),
              e::toString);
          m.remove("unheard");
        });
      }
      m.forEach((name, value) -> {
        if (r.get("properties").has(name)) {
          intrude(value, r.get("properties").get(name), to);
        }
      });
    } else if (o instanceof List<?> l) {
      JsonNode items = r.has("items") ? r.get("items") : r.path("oneOf").path(0).path("items");
      if (!items.isMissingNode()) {
        l.forEach(e -> intrude(e, items, to));
      }
    }
  }

  private Map<String, Object> request = Map.of();

  @Test
  void unknownFieldsAreRefusedWhereTheSchemaRefusesThem() {
    for (int choice = 0; choice < 2; choice++) {
      request = request(choice);
      List<Runnable> attempts = new ArrayList<>();
      intrude(request, schema, attempts);

      assertEquals(11 - choice, attempts.size());
      attempts.forEach(Runnable::run);
    }
  }
}
