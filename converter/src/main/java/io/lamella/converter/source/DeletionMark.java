package io.lamella.converter.source;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Thanos' `deletion-mark.json`. As in Thanos, a mark that cannot be parsed counts for nothing.
final class DeletionMark {
  private static final JsonFactory JSON = new JsonFactory();

  private DeletionMark() {}

  /// Whether these bytes are a JSON object.
  static boolean isMark(byte[] json) {
    try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      p.skipChildren();
      return p.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }
}
