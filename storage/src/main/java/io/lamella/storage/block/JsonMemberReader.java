package io.lamella.storage.block;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the members of Lamella's JSON objects in the order in which they are written. A missing
/// member is an error. Other members are skipped, so that later writers can add some.
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

  /// Reads up to the name of a member.
  void name(String expected) throws IOException {
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      if (expected.equals(p.currentName())) {
        return;
      }
      p.nextToken();
      p.skipChildren();
    }
    throw new IOException("member \"" + expected + "\" is missing or not in its place");
  }

  /// Reads up to the end of the current object.
  void end() throws IOException {
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      p.nextToken();
      p.skipChildren();
    }
    current(JsonToken.END_OBJECT);
  }

  /// Reads up to the end of the current object; a number that may be absent.
  OptionalLong lastNumber(String name) throws IOException {
    OptionalLong out = OptionalLong.empty();
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      if (name.equals(p.currentName())) {
        next(JsonToken.VALUE_NUMBER_INT);
        out = OptionalLong.of(p.getLongValue());
      } else {
        p.nextToken();
        p.skipChildren();
      }
    }
    current(JsonToken.END_OBJECT);
    return out;
  }

  void object(String name) throws IOException {
    name(name);
    next(JsonToken.START_OBJECT);
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
    List<String> out = new ArrayList<>();
    name(name);
    next(JsonToken.START_ARRAY);
    while (p.nextToken() == JsonToken.VALUE_STRING) {
      out.add(p.getString());
    }
    current(JsonToken.END_ARRAY);
    return out;
  }

  /// Reads the value of one object of an array; the parser is behind its start.
  @FunctionalInterface
  interface Element<T> {
    T read() throws IOException;
  }

  <T> List<T> objects(String name, Element<T> element) throws IOException {
    List<T> out = new ArrayList<>();
    name(name);
    next(JsonToken.START_ARRAY);
    while (p.nextToken() == JsonToken.START_OBJECT) {
      out.add(element.read());
    }
    current(JsonToken.END_ARRAY);
    return out;
  }
}
