package io.lamella.storage.block;

import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/// Writes and parses a part of the catalog, which ends in a [JsonChecksum]. Parsing is as strict as
/// that of a meta.
public final class CatalogJson {
  public static final int VERSION = 1;

  /// A larger object is neither written nor read.
  public static final long MAX_BYTES = 64 << 20;

  private CatalogJson() {}

  public static byte[] write(Catalog c) {
    return JsonChecksum.write(out -> {
      out.writeNumberProperty("version", VERSION);
      out.writeNumberProperty("written", c.writtenMillis());
      out.writeNumberProperty("parts", c.parts());
      out.writeArrayPropertyStart("blocks");
      for (Catalog.Entry e : c.entries()) {
        out.writeStartObject();
        out.writeStringProperty("etag", e.version().etag());
        out.writeNumberProperty("size", e.version().size());
        out.writeName("meta");
        out.writeRawValue(new String(BlockMetaJson.write(e.meta()), StandardCharsets.UTF_8));
        out.writeEndObject();
      }
      out.writeEndArray();
    });
  }

  /// @throws IOException where the bytes are not a valid catalog of this version or do not match
  ///   their checksum
  public static Catalog read(byte[] bytes) throws IOException {
    try {
      if (bytes.length > MAX_BYTES) {
        throw new IOException(bytes.length + " bytes, at most " + MAX_BYTES);
      }
      JsonChecksum.check(bytes);
      try (JsonParser p = BlockMetaJson.JSON.createParser(ObjectReadContext.empty(), bytes)) {
        return catalog(p);
      }
    } catch (IOException | IllegalArgumentException | ArithmeticException | JacksonException e) {
      throw new IOException(
          "cannot read catalog: " + e.getMessage() + " [object=" + BlockNames.CATALOG + "]", e);
    }
  }

  private static Catalog catalog(JsonParser p) throws IOException {
    JsonMemberReader members = new JsonMemberReader(p);
    members.next(JsonToken.START_OBJECT);
    long version = members.number("version");
    if (version != VERSION) {
      throw new IOException("catalog version " + version + ", expected " + VERSION);
    }
    long written = members.number("written");
    int parts = Math.toIntExact(members.number("parts"));
    members.name("blocks");
    members.next(JsonToken.START_ARRAY);
    List<Catalog.Entry> entries = new ArrayList<>();
    while (p.nextToken() == JsonToken.START_OBJECT) {
      String etag = members.string("etag");
      long size = members.number("size");
      members.name("meta");
      BlockMeta meta = new BlockMetaReader(p).meta();
      members.end();
      entries.add(
          new Catalog.Entry(new ObjectVersion(BlockNames.meta(meta.ulid()), size, etag), meta));
    }
    members.current(JsonToken.END_ARRAY);
    members.string("crc32c");
    members.next(JsonToken.END_OBJECT);
    return new Catalog(written, parts, entries);
  }
}
