package io.lamella.bench.store;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;

/// One HTTP request and its response, with the parts of HTTP that the store needs. Records the
/// status and the number of bytes sent.
final class Exchange {
  private final HttpExchange http;
  private final Map<String, String> query;
  private int status;
  private long sent;

  Exchange(HttpExchange http) {
    this.http = http;
    this.query = query(http.getRequestURI().getRawQuery());
  }

  private static Map<String, String> query(@org.jspecify.annotations.Nullable String raw) {
    Map<String, String> out = new HashMap<>();
    if (raw != null) {
      for (String part : raw.split("&")) {
        int at = part.indexOf('=');
        String name = at < 0 ? part : part.substring(0, at);
        String value = at < 0 ? "" : part.substring(at + 1);
        out.put(
            java.net.URLDecoder.decode(name, StandardCharsets.UTF_8),
            java.net.URLDecoder.decode(value, StandardCharsets.UTF_8));
      }
    }
    return out;
  }

  String method() {
    return http.getRequestMethod();
  }

  String target() {
    return http.getRequestURI().toString();
  }

  String path() {
    return http.getRequestURI().getPath();
  }

  boolean hasParameter(String parameter) {
    return query.containsKey(parameter);
  }

  /// A parameter of the query; empty where there is none.
  String parameter(String name) {
    return query.getOrDefault(name, "");
  }

  /// A header of the request; empty where there is none.
  String header(String name) {
    String value = http.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  void set(String header, String value) {
    http.getResponseHeaders().set(header, value);
  }

  /// Writes the request's body into a new file; the caller deletes it.
  Path body(Path directory) throws IOException {
    if (header("X-Amz-Content-Sha256").startsWith("STREAMING-")) {
      throw new IOException("bodies with chunked signatures are not supported");
    }
    Files.createDirectories(directory);
    Path file = Files.createTempFile(directory, "body", "");
    try (InputStream in = http.getRequestBody()) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  /// Sends a response without a body.
  void empty(int code) throws IOException {
    status = code;
    http.sendResponseHeaders(code, -1);
  }

  void text(int code, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    set("Content-Type", "application/xml");
    start(code, bytes.length);
    write(bytes, bytes.length);
  }

  /// Sends status and headers of a response with `length` bytes.
  void start(int code, long length) throws IOException {
    status = code;
    if (method().equals("HEAD") || length == 0) {
      http.sendResponseHeaders(code, -1);
    } else {
      http.sendResponseHeaders(code, length);
    }
  }

  void write(byte[] bytes, int length) throws IOException {
    if (!method().equals("HEAD") && length > 0) {
      http.getResponseBody().write(bytes, 0, length);
      sent += length;
    }
  }

  /// Ends the exchange; where fewer bytes were written than announced, the connection is closed.
  void close() {
    http.close();
  }

  int status() {
    return status;
  }

  long sent() {
    return sent;
  }
}
