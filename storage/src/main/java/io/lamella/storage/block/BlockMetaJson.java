package io.lamella.storage.block;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Writes and parses `meta.json`, which ends in a [JsonChecksum]. Parsing is strict: unknown,
/// missing, repeated or contradictory members are errors.
public final class BlockMetaJson {
  /// A larger file is refused before it is parsed.
  public static final long MAX_BYTES = 16 << 20;

  static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private BlockMetaJson() {}

  public static byte[] write(BlockMeta m) {
    return JsonChecksum.write(out -> {
      out.writeNumberProperty("version", BlockMeta.VERSION);
      out.writeStringProperty("ulid", m.ulid().toString());
      out.writeNumberProperty("minTime", m.minTimeMillis());
      out.writeNumberProperty("maxTime", m.maxTimeMillis());
      out.writeNumberProperty("dataColumnMillis", m.columnMillis());
      out.writeNumberProperty("resolution", m.resolutionMillis());
      out.writeObjectPropertyStart("labels");
      for (int i = 0; i < m.external().size(); i++) {
        out.writeStringProperty(m.external().name(i), m.external().value(i));
      }
      out.writeEndObject();
      strings(out, "sortKey", m.sortKey().labels());
      strings(out, "sources", m.sources().stream().map(Ulid::toString).toList());
      strings(out, "replaces", m.replaces().stream().map(Ulid::toString).toList());
      out.writeNumberProperty("series", m.counts().series());
      out.writeNumberProperty("chunks", m.counts().chunks());
      out.writeNumberProperty("samples", m.counts().samples());
      out.writeArrayPropertyStart("shards");
      m.shards().forEach(s -> shard(out, s));
      out.writeEndArray();
    });
  }

  private static void strings(JsonGenerator out, String name, List<String> all) {
    out.writeArrayPropertyStart(name);
    all.forEach(out::writeString);
    out.writeEndArray();
  }

  private static void shard(JsonGenerator out, BlockMeta.Shard s) {
    out.writeStartObject();
    out.writeNumberProperty("rows", s.rows());
    out.writeNumberProperty("rowGroups", s.rowGroups());
    file(out, "labels", s.labels());
    file(out, "chunks", s.chunks());
    s.manifest()
        .ifPresent(m -> {
          out.writeObjectPropertyStart("manifest");
          out.writeStringProperty("file", m.name());
          out.writeNumberProperty("size", m.size());
          out.writeStringProperty("crc32c", hex(m.crc32c()));
          out.writeEndObject();
        });
    out.writeEndObject();
  }

  private static void file(JsonGenerator out, String name, BlockMeta.File f) {
    out.writeObjectPropertyStart(name);
    out.writeStringProperty("file", f.name());
    out.writeNumberProperty("size", f.size());
    out.writeNumberProperty("indexStart", f.indexStart());
    out.writeStringProperty("indexCrc32c", hex(f.indexCrc32c()));
    out.writeStringProperty("sha256", f.sha256());
    out.writeEndObject();
  }

  private static String hex(int checksum) {
    return String.format("%08x", checksum);
  }

  /// @param place where the bytes come from, for messages
  /// @throws IOException where the bytes are not a valid `meta.json` or do not match their checksum
  public static BlockMeta read(byte[] bytes, String place) throws IOException {
    try {
      if (bytes.length > MAX_BYTES) {
        throw new IOException(bytes.length + " bytes, at most " + MAX_BYTES);
      }
      JsonChecksum.check(bytes);
      try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), bytes)) {
        return next(p);
      }
    } catch (IOException | IllegalArgumentException | JacksonException e) {
      throw new IOException(
          "cannot read block meta: "
              + e.getMessage()
              + " [object="
              + place
              + "]; convert this block again",
          e);
    }
  }

  /// Parses the meta at the parser's position. The checksum of the whole text is already verified.
  static BlockMeta next(JsonParser p) throws IOException {
    return new Reader(p).meta();
  }

  private static final class Reader {
    private final JsonParser p;
    private final JsonMemberReader members;

    Reader(JsonParser p) {
      this.p = p;
      this.members = new JsonMemberReader(p);
    }

    BlockMeta meta() throws IOException {
      members.next(JsonToken.START_OBJECT);
      int version = Math.toIntExact(members.number("version"));
      if (version != BlockMeta.VERSION) {
        throw new IOException(
            "format version "
                + version
                + ", expected "
                + BlockMeta.VERSION
                + "; use a newer Lamella");
      }
      Ulid ulid = Ulid.parse(members.string("ulid"));
      long min = members.number("minTime");
      long max = members.number("maxTime");
      long column = members.number("dataColumnMillis");
      long resolution = members.number("resolution");
      Labels labels = labels();
      SortKey sortKey = new SortKey(members.strings("sortKey"));
      List<Ulid> sources = members.strings("sources").stream().map(Ulid::parse).toList();
      List<Ulid> replaces = members.strings("replaces").stream().map(Ulid::parse).toList();
      long series = members.number("series");
      long chunks = members.number("chunks");
      long samples = members.number("samples");
      List<BlockMeta.Shard> shards = shards();
      members.string("crc32c");
      members.next(JsonToken.END_OBJECT);
      return new BlockMeta(
          ulid,
          new BlockMeta.Coverage(labels, min, max, resolution),
          new BlockMeta.Lineage(sources, replaces),
          new BlockMeta.Structure(sortKey, column, shards),
          new BlockMeta.Counts(series, chunks, samples));
    }

    private Labels labels() throws IOException {
      members.name("labels");
      members.next(JsonToken.START_OBJECT);
      LabelsBuilder out = new LabelsBuilder();
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = p.currentName();
        members.next(JsonToken.VALUE_STRING);
        out.add(name, p.getString());
      }
      members.current(JsonToken.END_OBJECT);
      return out.build();
    }

    private List<BlockMeta.Shard> shards() throws IOException {
      members.name("shards");
      members.next(JsonToken.START_ARRAY);
      List<BlockMeta.Shard> out = new ArrayList<>();
      while (p.nextToken() == JsonToken.START_OBJECT) {
        long rows = members.number("rows");
        int groups = Math.toIntExact(members.number("rowGroups"));
        BlockMeta.File labels = file("labels", BlockNames.labelsFile(out.size()));
        BlockMeta.File chunks = file("chunks", BlockNames.chunksFile(out.size()));
        Optional<BlockMeta.Manifest> manifest = Optional.empty();
        if (p.nextToken() == JsonToken.PROPERTY_NAME) {
          manifest = Optional.of(manifest(BlockNames.manifest(out.size())));
          p.nextToken();
        }
        members.current(JsonToken.END_OBJECT);
        out.add(new BlockMeta.Shard(rows, groups, labels, chunks, manifest));
      }
      members.current(JsonToken.END_ARRAY);
      return out;
    }

    /// The member whose name was just read.
    private BlockMeta.Manifest manifest(String expectedName) throws IOException {
      members.currentName("manifest");
      members.next(JsonToken.START_OBJECT);
      String name = members.string("file");
      if (!name.equals(expectedName)) {
        throw new IOException("file \"" + name + "\", expected \"" + expectedName + "\"");
      }
      long size = members.number("size");
      int crc = Integer.parseUnsignedInt(members.string("crc32c"), 16);
      members.next(JsonToken.END_OBJECT);
      return new BlockMeta.Manifest(name, size, crc);
    }

    private BlockMeta.File file(String member, String expectedName) throws IOException {
      members.name(member);
      members.next(JsonToken.START_OBJECT);
      String name = members.string("file");
      if (!name.equals(expectedName)) {
        throw new IOException("file \"" + name + "\", expected \"" + expectedName + "\"");
      }
      long size = members.number("size");
      long indexStart = members.number("indexStart");
      int crc = Integer.parseUnsignedInt(members.string("indexCrc32c"), 16);
      String sha256 = members.string("sha256");
      members.next(JsonToken.END_OBJECT);
      return new BlockMeta.File(name, size, indexStart, crc, sha256);
    }
  }
}
