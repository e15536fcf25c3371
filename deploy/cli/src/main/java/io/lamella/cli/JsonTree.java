package io.lamella.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Parses JSON into maps, lists and strings. Numbers stay text, so that none is rounded.
public final class JsonTree {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonTree() {}

  /// @throws tools.jackson.core.JacksonException where the text is not JSON
  public static Object parse(String text) {
    try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), text)) {
      p.nextToken();
      return value(p);
    }
  }

  private static Object value(JsonParser p) {
    if (p.currentToken() == JsonToken.START_OBJECT) {
      Map<String, Object> out = new LinkedHashMap<>();
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = p.currentName();
        p.nextToken();
        out.put(name, value(p));
      }
      return out;
    }
    if (p.currentToken() == JsonToken.START_ARRAY) {
      List<Object> out = new ArrayList<>();
      while (p.nextToken() != JsonToken.END_ARRAY) {
        out.add(value(p));
      }
      return out;
    }
    String text = p.getString();
    return text == null ? "" : text;
  }
}
