package io.lamella.converter;

import io.lamella.converter.schedule.TimeSpan;
import io.lamella.storage.block.JsonChecksum;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The object `planner/leaves.json` of the target: known time ranges of uncompacted blocks of the
/// source. It only saves work: without it, days of a block that was compacted before they were
/// complete count as touched by more leaves than they are.
///
/// A range that it states is only ever narrowed, so a lost update loses knowledge, not days. A
/// wrong range would hide days for ever, so the object ends in its checksum, and is ignored where
/// that does not match.
final class LeavesFile {
  static final ObjectKey KEY = new ObjectKey("planner/leaves.json");
  private static final long MAX_BYTES = 256 << 20;
  private static final Logger LOG = LoggerFactory.getLogger(LeavesFile.class);
  private static final JsonFactory JSON = new JsonFactory();

  private LeavesFile() {}

  /// The ranges; none where there is no readable object.
  static Map<Ulid, TimeSpan> read(ObjectStore store) {
    try {
      ByteBuffer bytes = store.readAll(KEY, MAX_BYTES);
      byte[] json = new byte[bytes.remaining()];
      bytes.get(json);
      return parse(json);
    } catch (ObjectStoreException.NotFound e) {
      return Map.of();
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      LOG.warn("leaf ranges not read object={} reason=\"{}\"", KEY, e.getMessage());
      return Map.of();
    }
  }

  private static Map<Ulid, TimeSpan> parse(byte[] json) throws IOException {
    JsonChecksum.check(json);
    Map<Ulid, TimeSpan> out = new HashMap<>();
    try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), json)) {
      expect(p, JsonToken.START_OBJECT);
      while (p.nextToken() == JsonToken.PROPERTY_NAME && Ulid.isUlid(p.currentName())) {
        Ulid leaf = Ulid.parse(p.currentName());
        expect(p, JsonToken.START_ARRAY);
        expect(p, JsonToken.VALUE_NUMBER_INT);
        long start = p.getLongValue();
        expect(p, JsonToken.VALUE_NUMBER_INT);
        out.put(leaf, new TimeSpan(start, p.getLongValue()));
        expect(p, JsonToken.END_ARRAY);
      }
    }
    return out;
  }

  private static void expect(JsonParser p, JsonToken expected) throws IOException {
    JsonToken actual = p.nextToken();
    if (actual != expected) {
      throw new IOException("token " + actual + ", expected " + expected);
    }
  }

  /// Writes the ranges where there are any and they differ from those that were read; a failure is
  /// logged.
  static void write(ObjectStore store, Map<Ulid, TimeSpan> before, Map<Ulid, TimeSpan> leaves) {
    if (before.equals(leaves) || leaves.isEmpty()) {
      return;
    }
    byte[] json =
        JsonChecksum.write(out ->
            new TreeMap<>(leaves)
                .forEach((leaf, span) -> {
                  out.writeArrayPropertyStart(leaf.toString());
                  out.writeNumber(span.startMillis());
                  out.writeNumber(span.endMillis());
                  out.writeEndArray();
                }));
    try {
      store.put(KEY, ByteBuffer.wrap(json));
    } catch (ObjectStoreException e) {
      LOG.warn("leaf ranges not written object={} reason=\"{}\"", KEY, e.getMessage());
    }
  }
}
