package io.lamella.storage.block;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
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
    StringWriter text = new StringWriter();
    text.write("{\n");
    number(text, "version", BlockMeta.VERSION);
    string(text, "ulid", m.ulid().toString());
    number(text, "minTime", m.minTimeMillis());
    number(text, "maxTime", m.maxTimeMillis());
    number(text, "dataColumnMillis", m.columnMillis());
    number(text, "resolution", m.resolutionMillis());
    member(text, "labels");
    text.write("{");
    for (int i = 0; i < m.external().size(); i++) {
      text.write(i > 0 ? ", " : "");
      text.write(quoted(m.external().name(i)) + ": " + quoted(m.external().value(i)));
    }
    text.write("},\n");
    strings(text, "sortKey", m.sortKey().labels());
    strings(text, "sources", m.sources().stream().map(Ulid::toString).toList());
    strings(text, "replaces", m.replaces().stream().map(Ulid::toString).toList());
    number(text, "series", m.counts().series());
    number(text, "chunks", m.counts().chunks());
    number(text, "samples", m.counts().samples());
    member(text, "shards");
    text.write("[");
    for (int i = 0; i < m.shards().size(); i++) {
      BlockMeta.Shard s = m.shards().get(i);
      text.write(i > 0 ? ",\n    " : "\n    ");
      text.write(
          "{\"rows\": " + s.rows() + ", \"rowGroups\": " + s.rowGroups() + ",\n      \"labels\": ");
      file(text, s.labels());
      text.write(",\n      \"chunks\": ");
      file(text, s.chunks());
      if (s.manifest().isPresent()) {
        BlockMeta.Manifest manifest = s.manifest().get();
        text.write(
            String.format(
                ",\n      \"manifest\": {\"file\": %s, \"size\": %d, \"crc32c\": \"%08x\"}",
                quoted(manifest.name()), manifest.size(), manifest.crc32c()));
      }
      text.write("}");
    }
    text.write("\n  ]");
    return JsonChecksum.close(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void member(StringWriter out, String name) {
    out.write("  \"" + name + "\": ");
  }

  private static void number(StringWriter out, String name, long v) {
    member(out, name);
    out.write(v + ",\n");
  }

  private static void string(StringWriter out, String name, String v) {
    member(out, name);
    out.write(quoted(v) + ",\n");
  }

  private static void strings(StringWriter out, String name, List<String> all) {
    member(out, name);
    out.write("[" + String.join(", ", all.stream().map(BlockMetaJson::quoted).toList()) + "],\n");
  }

  private static void file(StringWriter out, BlockMeta.File f) {
    out.write(
        String.format(
            "{\"file\": %s, \"size\": %d, \"indexStart\": %d, \"indexCrc32c\": \"%08x\", \"sha256\": %s}",
            quoted(f.name()), f.size(), f.indexStart(), f.indexCrc32c(), quoted(f.sha256())));
  }

  static String quoted(String s) {
    StringWriter out = new StringWriter();
    try (JsonGenerator g = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      g.writeString(s);
    }
    return out.toString();
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
