package io.lamella.storage.block;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Writes and parses `meta.json`, which ends in a [JsonChecksum]. Missing, repeated and
/// contradictory members are errors; unknown ones are ignored unless `requires` names them.
public final class BlockMetaJson {
  /// A larger file is refused before it is parsed.
  public static final long MAX_BYTES = 16 << 20;

  static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private BlockMetaJson() {}

  public static byte[] write(BlockMeta m) {
    return JsonChecksum.write(out -> {
      head(out, BlockHead.of(m));
      out.writeArrayPropertyStart("shards");
      m.shards().forEach(s -> shard(out, s));
      out.writeEndArray();
    });
  }

  /// The same JSON without the shards.
  public static byte[] writeHead(BlockHead h) {
    return JsonChecksum.write(out -> head(out, h));
  }

  private static void head(JsonGenerator out, BlockHead h) {
    out.writeNumberProperty("version", BlockMeta.VERSION);
    strings(out, "requires", List.of());
    out.writeStringProperty("createdBy", h.lineage().createdBy());
    out.writeStringProperty("ulid", h.ulid().toString());
    BlockMeta.Coverage coverage = h.coverage();
    out.writeNumberProperty("minTime", coverage.minTimeMillis());
    out.writeNumberProperty("maxTime", coverage.maxTimeMillis());
    out.writeNumberProperty("resolution", coverage.resolutionMillis());
    out.writeObjectPropertyStart("labels");
    for (int i = 0; i < coverage.external().size(); i++) {
      out.writeStringProperty(coverage.external().name(i), coverage.external().value(i));
    }
    out.writeEndObject();
    strings(out, "sortKey", h.sortKey().labels());
    out.writeNumberProperty("dataColumnMillis", h.columnMillis());
    BlockMeta.Rules rules = h.lineage().rules();
    out.writeObjectPropertyStart("rules");
    strings(out, "replicaLabels", rules.replicaLabels().stream().sorted().toList());
    out.writeStringProperty("dedup", rules.dedup().name().toLowerCase(Locale.ROOT));
    strings(out, "foldLabels", rules.foldLabels());
    out.writeEndObject();
    out.writeNumberProperty("generation", h.lineage().generation());
    strings(out, "replaces", h.lineage().replaces().stream().map(Ulid::toString).toList());
    lines(out, "sources", h.lineage().sources().stream().map(BlockMetaJson::source).toList());
    lines(out, "inputs", h.lineage().inputs().stream().map(BlockMetaJson::input).toList());
    out.writeNumberProperty("series", h.counts().series());
    out.writeNumberProperty("chunks", h.counts().chunks());
    out.writeNumberProperty("samples", h.counts().samples());
    out.writeNumberProperty("firstTime", h.counts().firstMillis());
    out.writeNumberProperty("lastTime", h.counts().lastMillis());
  }

  private static void strings(JsonGenerator out, String name, Collection<String> all) {
    out.writeArrayPropertyStart(name);
    all.forEach(s -> string(out, s));
    out.writeEndArray();
  }

  /// A label value may have bytes that are not UTF-8; they are lone surrogates, which only an
  /// escape can express.
  private static void string(JsonGenerator out, String s) {
    if (s.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
      out.writeString(s);
      return;
    }
    StringBuilder escaped = new StringBuilder("\"");
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
        escaped.append(String.format("\\u%04x", (int) c));
      } else {
        escaped.append(c);
      }
    }
    out.writeRawValue(escaped.append('"').toString());
  }

  /// One object a line: a block may have thousands of them.
  private static void lines(JsonGenerator out, String name, List<String> objects) {
    out.writeName(name);
    out.writeRawValue(
        objects.isEmpty() ? "[ ]" : "[\n    " + String.join(",\n    ", objects) + "\n  ]");
  }

  private static String source(BlockMeta.Source s) {
    return "{\"ulid\": \""
        + s.ulid()
        + "\", \"minTime\": "
        + s.minTimeMillis()
        + ", \"maxTime\": "
        + s.maxTimeMillis()
        + (s.samples() == BlockMeta.Source.UNKNOWN ? "" : ", \"samples\": " + s.samples())
        + "}";
  }

  private static String input(BlockMeta.Input i) {
    return "{\"ulid\": \""
        + i.ulid()
        + "\", \"state\": \""
        + i.state()
        + "\", \"read\": "
        + i.read()
        + ", \"deleted\": "
        + i.deleted()
        + ", \"deduplicated\": "
        + i.deduplicated()
        + ", \"kept\": "
        + i.kept()
        + "}";
  }

  private static void shard(JsonGenerator out, BlockMeta.Shard s) {
    out.writeStartObject();
    out.writeNumberProperty("rows", s.rows());
    out.writeNumberProperty("rowGroups", s.rowGroups());
    strings(out, "firstKey", s.firstKey());
    strings(out, "lastKey", s.lastKey());
    file(out, "labels", s.labels());
    file(out, "chunks", s.chunks());
    out.writeObjectPropertyStart("manifest");
    out.writeStringProperty("file", s.manifest().name());
    out.writeNumberProperty("size", s.manifest().size());
    out.writeStringProperty("crc32c", hex(s.manifest().crc32c()));
    out.writeStringProperty("sha256", s.manifest().sha256());
    out.writeEndObject();
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
    return read(bytes, place, BlockMetaReader::meta);
  }

  /// Reads what [#writeHead] wrote; likewise.
  public static BlockHead readHead(byte[] bytes, String place) throws IOException {
    return read(bytes, place, BlockMetaReader::wholeHead);
  }

  @FunctionalInterface
  private interface Parsed<T> {
    T of(BlockMetaReader reader) throws IOException;
  }

  private static <T> T read(byte[] bytes, String place, Parsed<T> parsed) throws IOException {
    try {
      if (bytes.length > MAX_BYTES) {
        throw new IOException(bytes.length + " bytes, at most " + MAX_BYTES);
      }
      JsonChecksum.check(bytes);
      try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), bytes)) {
        return parsed.of(new BlockMetaReader(p));
      }
    } catch (IOException | IllegalArgumentException | ArithmeticException | JacksonException e) {
      throw new IOException(
          "cannot read block meta: "
              + e.getMessage()
              + " [object="
              + place
              + "]; "
              + (e instanceof BlockMetaReader.NewerFormatException
                  ? "use a newer Lamella"
                  : "delete this object and convert this block again"),
          e);
    }
  }
}
