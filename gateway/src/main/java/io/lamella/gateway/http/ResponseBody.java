package io.lamella.gateway.http;

import java.io.IOException;
import java.util.Optional;

/// The body of a response, ready to be printed: printing fails only where the connection does.
@FunctionalInterface
interface ResponseBody {
  /// What Prometheus sends where there is no data to be sent: status 204.
  ResponseBody NOTHING =
      new ResponseBody() {
        @Override
        public void print(ResponseStream out) {}

        @Override
        public int status() {
          return 204;
        }
      };

  void print(ResponseStream out) throws IOException;

  default Form form() {
    return Form.JSON;
  }

  default int status() {
    return 200;
  }

  /// What a body is.
  ///
  /// @param encoding that it has already; empty where it may be compressed
  record Form(String contentType, Optional<String> encoding) {
    static final Form JSON = new Form("application/json", Optional.empty());
  }
}
