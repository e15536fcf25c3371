package io.lamella.bench.store;

/// One request that the store has handled.
///
/// @param target path and query string as received
/// @param range the Range header, empty for none
public record StoreRequest(String method, String target, String range, StoreResponse response) {
  /// The store's response.
  ///
  /// @param startNanos by [System#nanoTime], when the request had been read
  /// @param endNanos when the last byte of the response was written
  /// @param bytes of the response's body
  public record StoreResponse(int status, long bytes, long startNanos, long endNanos) {}

  /// True for what is paid as a GET: reads of objects, no listings.
  public boolean isGet() {
    return method.equals("GET") && !isList();
  }

  public boolean isList() {
    return method.equals("GET") && target.contains("list-type=2");
  }

  Operation operation() {
    if (isList()) {
      return Operation.LIST;
    }
    return switch (method) {
      case "GET" -> Operation.GET;
      case "HEAD" -> Operation.HEAD;
      case "PUT", "POST" -> Operation.PUT;
      default -> Operation.OTHER;
    };
  }

  /// The kinds of requests that are counted.
  enum Operation {
    GET,
    HEAD,
    LIST,
    PUT,
    OTHER
  }
}
