package io.lamella.bench.store;

import io.lamella.bench.store.StoreRequest.Operation;
import java.io.StringWriter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Number of requests by kind, number of injected 503 responses, and bytes of all responses.
record StoreCounts(Map<Operation, Long> requests, long refused, long bytes) {
  private static final JsonFactory JSON = new JsonFactory();

  static final StoreCounts NONE = new StoreCounts(Map.of(), 0, 0);

  StoreCounts {
    requests = Map.copyOf(requests);
  }

  long of(Operation operation) {
    return requests.getOrDefault(operation, 0L);
  }

  StoreCounts plus(StoreRequest r) {
    Map<Operation, Long> more = new EnumMap<>(Operation.class);
    more.putAll(requests);
    more.merge(r.operation(), 1L, Long::sum);
    StoreRequest.StoreResponse response = r.response();
    return new StoreCounts(
        more, refused + (response.status() == 503 ? 1 : 0), bytes + response.bytes());
  }

  /// A JSON object on one line.
  String json() {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      for (Operation o : Operation.values()) {
        json.writeNumberProperty(o.name().toLowerCase(Locale.ROOT), of(o));
      }
      json.writeNumberProperty("refused", refused);
      json.writeNumberProperty("bytes", bytes);
      json.writeEndObject();
    }
    return out.append('\n').toString();
  }
}
