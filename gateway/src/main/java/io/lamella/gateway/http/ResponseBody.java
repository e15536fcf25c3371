package io.lamella.gateway.http;

import java.io.IOException;
import java.util.Optional;

/// The body of a response, ready to be printed: printing fails only where the connection does.
@FunctionalInterface
interface ResponseBody {
  void print(ResponseStream out) throws IOException;

  default Form form() {
    return Form.JSON;
  }

  /// What a body is.
  ///
  /// @param encoding that it has already; empty where it may be compressed
  record Form(String contentType, Optional<String> encoding) {
    static final Form JSON = new Form("application/json", Optional.empty());
  }
}
