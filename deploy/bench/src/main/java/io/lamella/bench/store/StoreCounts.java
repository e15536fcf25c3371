package io.lamella.bench.store;

/// Number of requests by kind, number of injected 503 responses, and bytes of all responses.
record StoreCounts(
    long gets, long heads, long lists, long puts, long others, long refused, long bytes) {
  static final StoreCounts NONE = new StoreCounts(0, 0, 0, 0, 0, 0, 0);

  StoreCounts plus(StoreRequest r) {
    boolean head = r.method().equals("HEAD");
    boolean put = r.method().equals("PUT") || r.method().equals("POST");
    boolean known = r.isGet() || head || r.isList() || put;
    return new StoreCounts(
        gets + (r.isGet() ? 1 : 0),
        heads + (head ? 1 : 0),
        lists + (r.isList() ? 1 : 0),
        puts + (put ? 1 : 0),
        others + (known ? 0 : 1),
        refused + (r.status() == 503 ? 1 : 0),
        bytes + r.bytes());
  }

  String json() {
    return String.format(
        "{\"get\":%d,\"head\":%d,\"list\":%d,\"put\":%d,\"other\":%d,\"refused\":%d,\"bytes\":%d}%n",
        gets, heads, lists, puts, others, refused, bytes);
  }
}
