package io.lamella.converter.publish;

import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Marks published blocks for deletion, in the form that Thanos uses. Readers skip them from their
/// next listing on; their files stay.
public final class DeletionMarks {
  private static final Logger LOG = LoggerFactory.getLogger(DeletionMarks.class);
  private static final JsonFactory JSON = new JsonFactory();

  private DeletionMarks() {}

  /// @param why for people
  public static void put(ObjectStore store, Collection<Ulid> blocks, String why)
      throws IOException {
    for (Ulid b : blocks) {
      StringWriter text = new StringWriter();
      try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
        out.writeStartObject();
        out.writeStringProperty("id", b.toString());
        out.writeNumberProperty("version", 1);
        out.writeStringProperty("details", why);
        out.writeNumberProperty("deletion_time", Instant.now().getEpochSecond());
        out.writeEndObject();
      }
      store.putIfAbsent(
          BlockNames.deletionMark(b),
          ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
      LOG.info("published block marked for deletion block={} reason=\"{}\"", b, why);
    }
  }
}
