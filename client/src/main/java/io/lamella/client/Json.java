package io.lamella.client;

import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// JSON as maps, lists, texts, numbers and truth values.
final class Json {
  private static final JsonFactory JSON = new JsonFactory();

  private Json() {}

  static String write(Object value) {
    StringWriter out = new StringWriter();
    try (JsonGenerator to = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      write(value, to);
    }
    return out.toString();
  }

  private static void write(Object value, JsonGenerator to) {
    if (value instanceof Map<?, ?> m) {
      to.writeStartObject();
      m.forEach((name, v) -> {
        to.writeName(String.valueOf(name));
        write(v, to);
      });
      to.writeEndObject();
    } else if (value instanceof Iterable<?> all) {
      to.writeStartArray();
      all.forEach(v -> write(v, to));
      to.writeEndArray();
    } else if (value instanceof Boolean b) {
      to.writeBoolean(b);
    } else if (value instanceof Integer || value instanceof Long) {
      to.writeNumber(((Number) value).longValue());
    } else if (value instanceof Number n) {
      to.writeNumber(n.doubleValue());
    } else {
      to.writeString(String.valueOf(value));
    }
  }

  /// Reads one object.
  ///
  /// @throws IOException where the text is none
  static Map<?, ?> object(String text) throws IOException {
    try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), text)) {
      p.nextToken();
      if (read(p) instanceof Map<?, ?> m) {
        return m;
      }
      throw new IOException("cannot read the response: it is no JSON object: " + start(text));
    } catch (JacksonException e) {
      throw new IOException("cannot read the response: it is no JSON: " + start(text), e);
    }
  }

  private static String start(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  private static Object read(JsonParser p) throws IOException {
    JsonToken token = p.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, Object> out = new LinkedHashMap<>();
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = p.currentName();
        p.nextToken();
        out.put(name, read(p));
      }
      return out;
    }
    if (token == JsonToken.START_ARRAY) {
      List<Object> out = new ArrayList<>();
      while (p.nextToken() != JsonToken.END_ARRAY) {
        out.add(read(p));
      }
      return out;
    }
    if (token == null) {
      throw new IOException("cannot read the response: it ends too early");
    }
    return switch (token) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> p.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> p.getString();
    };
  }

  static Map<?, ?> members(Map<?, ?> of, String name) {
    return of.get(name) instanceof Map<?, ?> m ? m : Map.of();
  }

  static List<?> list(Map<?, ?> of, String name) {
    return of.get(name) instanceof List<?> l ? l : List.of();
  }

  static String text(Map<?, ?> of, String name) throws IOException {
    if (of.get(name) instanceof String s) {
      return s;
    }
    throw new IOException("cannot read the response: no text \"" + name + "\" in " + of);
  }

  /// A number, which may be written as a text.
  static double number(Map<?, ?> of, String name) throws IOException {
    return of.get(name) instanceof Double d ? d : value(text(of, name));
  }

  /// A value of a sample.
  static double value(String text) throws IOException {
    try {
      return switch (text) {
        case "+Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    } catch (NumberFormatException e) {
      throw new IOException("cannot read the response: \"" + text + "\" is no number", e);
    }
  }

  static Map<String, String> texts(Map<?, ?> of) {
    Map<String, String> out = new LinkedHashMap<>();
    of.forEach((name, value) -> out.put(String.valueOf(name), String.valueOf(value)));
    return out;
  }

  static List<String> texts(List<?> of) {
    return of.stream().map(String::valueOf).toList();
  }
}
