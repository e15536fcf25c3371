package io.lamella.bench.store;

/// One request that the store has handled.
///
/// @param target path and query string as received
/// @param range the Range header, empty for none
/// @param startNanos by [System#nanoTime], when the request had been read; `endNanos` when the last
///   byte of the answer was written
/// @param bytes of the answer's body
public record StoreRequest(
    String method,
    String target,
    String range,
    int status,
    long startNanos,
    long endNanos,
    long bytes) {
  /// True for what is paid as a GET: reads of objects, no listings.
  public boolean isGet() {
    return method.equals("GET") && !isList();
  }

  public boolean isList() {
    return method.equals("GET") && target.contains("list-type=2");
  }
}
