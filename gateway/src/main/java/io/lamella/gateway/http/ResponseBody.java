package io.lamella.gateway.http;

import java.io.IOException;

/// The body of a response, ready to be printed: printing fails only where the connection does.
@FunctionalInterface
interface ResponseBody {
  void print(ResponseStream out) throws IOException;
}
