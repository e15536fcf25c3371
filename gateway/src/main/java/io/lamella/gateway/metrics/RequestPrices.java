package io.lamella.gateway.metrics;

/// What the store charges, in dollars per million requests. Failed requests are charged as well.
///
/// @param get of a GET or HEAD
/// @param list of a LIST
public record RequestPrices(double get, double list) {
  /// Cloudflare R2, class B and class A operations.
  public static final RequestPrices R2 = new RequestPrices(0.36, 4.50);

  public RequestPrices {
    if (!(get >= 0 && list >= 0)) {
      throw new IllegalArgumentException(
          "cannot price requests at " + get + " and " + list + " dollars a million");
    }
  }

  /// Dollars of one request.
  public double dollars(RequestKind kind) {
    return switch (kind) {
      case READ, HEDGE -> get / 1e6;
      case LIST -> list / 1e6;
    };
  }
}
