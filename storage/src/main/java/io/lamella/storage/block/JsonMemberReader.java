package io.lamella.storage.block;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the members of Lamella's JSON objects in the order in which they are written. Another
/// order is an error, as is a missing member.
final class JsonMemberReader {
  private final JsonParser p;

  JsonMemberReader(JsonParser p) {
    this.p = p;
  }

  /// Reads the next token, which must be this one.
  void next(JsonToken expected) throws IOException {
    expect(p.nextToken(), expected);
  }

  /// Checks that the token that was read last is this one.
  void current(JsonToken expected) throws IOException {
    expect(p.currentToken(), expected);
  }

  private static void expect(@Nullable JsonToken actual, JsonToken expected) throws IOException {
    if (actual != expected) {
      throw new IOException("token " + actual + ", expected " + expected);
    }
  }

  void name(String expected) throws IOException {
    next(JsonToken.PROPERTY_NAME);
    currentName(expected);
  }

  /// Checks the name of the member that was just read.
  void currentName(String expected) throws IOException {
    if (!expected.equals(p.currentName())) {
      throw new IOException("member \"" + p.currentName() + "\", expected \"" + expected + "\"");
    }
  }

  long number(String name) throws IOException {
    name(name);
    next(JsonToken.VALUE_NUMBER_INT);
    return p.getLongValue();
  }

  String string(String name) throws IOException {
    name(name);
    next(JsonToken.VALUE_STRING);
    return p.getString();
  }

  List<String> strings(String name) throws IOException {
    name(name);
    next(JsonToken.START_ARRAY);
    List<String> out = new ArrayList<>();
    while (p.nextToken() == JsonToken.VALUE_STRING) {
      out.add(p.getString());
    }
    current(JsonToken.END_ARRAY);
    return out;
  }
}
