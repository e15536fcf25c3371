package io.lamella.gateway.http;

import io.lamella.model.Labels;
import java.io.Serial;
import java.io.StringWriter;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/// JSON through Jackson's generator, escaped byte for byte as Prometheus escapes it
/// ([io.lamella.model.JsonQuote] escapes results in the same way, which are written without a
/// generator).
final class PrometheusJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .characterEscapes(new Escapes())
          .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
          .build();

  private PrometheusJson() {}

  /// Control characters are escaped by number but for `\n`, `\r` and `\t`; so are the line and the
  /// paragraph separator. `<`, `>`, `&` and `/` stay as they are.
  private static final class Escapes extends CharacterEscapes {
    @Serial private static final long serialVersionUID = 1L;
    private static final SerializedString LINE_SEPARATOR = new SerializedString("\\u2028");
    private static final SerializedString PARAGRAPH_SEPARATOR = new SerializedString("\\u2029");

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] out = standardAsciiEscapesForJSON();
      out['\b'] = ESCAPE_STANDARD;
      out['\f'] = ESCAPE_STANDARD;
      out['/'] = ESCAPE_NONE;
      return out;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return switch (c) {
        case '\u2028' -> LINE_SEPARATOR;
        case '\u2029' -> PARAGRAPH_SEPARATOR;
        default -> null;
      };
    }
  }

  /// Appends one JSON value.
  static void append(StringBuilder out, Consumer<JsonGenerator> value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      value.accept(json);
    }
    out.append(text.getBuffer());
  }

  static void string(JsonGenerator json, String s) {
    json.writeString(wellFormed(s));
  }

  static void string(JsonGenerator json, String name, String value) {
    json.writeName(name);
    string(json, value);
  }

  static void strings(JsonGenerator json, Iterable<String> all) {
    json.writeStartArray();
    all.forEach(s -> string(json, s));
    json.writeEndArray();
  }

  static void labels(JsonGenerator json, Labels labels) {
    json.writeStartObject();
    for (int i = 0; i < labels.size(); i++) {
      string(json, wellFormed(labels.name(i)), labels.value(i));
    }
    json.writeEndObject();
  }

  /// A duration as a number of seconds.
  static void seconds(JsonGenerator json, String name, Duration d) {
    StringBuilder number = new StringBuilder();
    GoNumbers.append(number, d.toNanos() / 1e9);
    json.writeName(name);
    json.writeNumber(number.toString());
  }

  /// A time in milliseconds as a number of seconds.
  static void time(JsonGenerator json, String name, long millis) {
    StringBuilder number = new StringBuilder();
    GoNumbers.appendTime(number, millis);
    json.writeName(name);
    json.writeNumber(number.toString());
  }

  /// The text with U+FFFD in place of each surrogate that has no partner.
  private static String wellFormed(String s) {
    for (int i = 0; i < s.length(); i++) {
      if (Character.isSurrogate(s.charAt(i))) {
        return s.codePoints()
            .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '\ufffd' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return s;
  }
}
