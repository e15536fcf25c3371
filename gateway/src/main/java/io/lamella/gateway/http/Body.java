package io.lamella.gateway.http;

import java.io.IOException;

/// The body of a success, ready to be printed: everything that can fail but the connection lies
/// behind it.
@FunctionalInterface
interface Body {
  void print(JsonOut out) throws IOException;

  static Body of(String text) {
    return out -> out.text().append(text);
  }
}
