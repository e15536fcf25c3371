package io.lamella.storage.tsdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Parses meta.json. Version, times and ULID must occur once and be valid; unknown members are
/// ignored.
public final class TsdbBlockMetaJson {
  /// A larger file is refused before it is read.
  public static final long MAX_BYTES = 64 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build())
          .build();

  private final JsonParser p;
  private final Set<String> seen = new HashSet<>();
  private String ulid = "";
  private long minTime;
  private long maxTime;
  private long version;
  private long samples;
  private long series;
  private long chunks;
  private long level;
  private long resolution;
  private List<String> sources = List.of();
  private Map<String, String> labels = Map.of();
  private final List<TsdbBlockMeta.Parent> parents = new ArrayList<>();
  private final List<String> rewritten = new ArrayList<>();
  private final Map<String, Long> files = new LinkedHashMap<>();

  private TsdbBlockMetaJson(JsonParser p) {
    this.p = p;
  }

  public static TsdbBlockMeta read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new CorruptTsdbBlockException(
          file, -1, "meta.json of " + Files.size(file) + " bytes, at most " + MAX_BYTES);
    }
    try {
      return parse(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new CorruptTsdbBlockException(file, -1, String.valueOf(e.getMessage()), e);
    }
  }

  /// @throws IOException where the bytes are not a meta.json of version 1
  public static TsdbBlockMeta parse(byte[] json) throws IOException {
    try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), json)) {
      TsdbBlockMetaJson r = new TsdbBlockMetaJson(p);
      if (p.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("meta.json is not a JSON object");
      }
      r.members("", 0);
      if (p.nextToken() != null) {
        throw new IOException("meta.json has text after its object");
      }
      return r.meta();
    } catch (JacksonException e) {
      throw new IOException("meta.json is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private TsdbBlockMeta meta() throws IOException {
    for (String required : List.of("ulid", "minTime", "maxTime", "version")) {
      if (!seen.contains(required)) {
        throw new IOException("meta.json lacks \"" + required + "\"");
      }
    }
    if (version != 1) {
      throw new IOException("meta.json has version " + version + ", expected 1");
    }
    if (ulid.length() != 26 || maxTime < minTime) {
      throw new IOException(
          "meta.json names block \"" + ulid + "\" with times [" + minTime + ", " + maxTime + ")");
    }
    return new TsdbBlockMeta(
        ulid,
        minTime,
        maxTime,
        samples,
        series,
        chunks,
        (int) level,
        sources,
        parents,
        rewritten,
        labels,
        resolution,
        files);
  }

  /// Reads the members of the current object, whose path is `path`.
  private void members(String path, int depth) throws IOException {
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = path + p.currentName();
      seen.add(name);
      JsonToken value = p.nextToken();
      switch (name) {
        case "ulid" -> ulid = string(name, value);
        case "minTime" -> minTime = number(name, value);
        case "maxTime" -> maxTime = number(name, value);
        case "version" -> version = number(name, value);
        case "stats.numSamples" -> samples = number(name, value);
        case "stats.numSeries" -> series = number(name, value);
        case "stats.numChunks" -> chunks = number(name, value);
        case "compaction.level" -> level = number(name, value);
        case "compaction.sources" -> sources = strings(name, value);
        case "compaction.parents" -> objects(name, value, this::parent);
        case "thanos.rewrites" -> objects(name, value, this::rewrite);
        case "thanos.files" -> objects(name, value, this::file);
        case "thanos.labels" -> labels = map(name, value);
        case "thanos.downsample.resolution" -> resolution = number(name, value);
        case "stats", "compaction", "thanos", "thanos.downsample" -> {
          if (value == JsonToken.START_OBJECT) {
            members(name + ".", depth + 1);
          } else if (value != JsonToken.VALUE_NULL) {
            throw new IOException(
                "meta.json has " + value + " for \"" + name + "\", expected an object");
          }
        }
        default -> p.skipChildren();
      }
    }
    if (p.currentToken() != JsonToken.END_OBJECT) {
      throw new IOException("meta.json ends within an object");
    }
  }

  @FunctionalInterface
  private interface Members {
    /// Reads the members of the current object.
    void read() throws IOException;
  }

  private void objects(String name, JsonToken value, Members each) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != JsonToken.START_ARRAY) {
      throw new IOException("meta.json has " + value + " for \"" + name + "\", expected an array");
    }
    while (p.nextToken() != JsonToken.END_ARRAY) {
      if (p.currentToken() != JsonToken.START_OBJECT) {
        throw new IOException(
            "meta.json has " + p.currentToken() + " in \"" + name + "\", expected objects");
      }
      each.read();
    }
  }

  private void parent() throws IOException {
    String parent = "";
    long min = 0;
    long max = 0;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      switch (name) {
        case "ulid" -> parent = string("compaction.parents.ulid", value);
        case "minTime" -> min = number("compaction.parents.minTime", value);
        case "maxTime" -> max = number("compaction.parents.maxTime", value);
        default -> p.skipChildren();
      }
    }
    parents.add(new TsdbBlockMeta.Parent(parent, min, max));
  }

  private void rewrite() throws IOException {
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      if (name.equals("sources")) {
        rewritten.addAll(strings("thanos.rewrites.sources", value));
      } else {
        p.skipChildren();
      }
    }
  }

  private void file() throws IOException {
    String path = "";
    long size = -1;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      switch (name) {
        case "rel_path" -> path = string("thanos.files.rel_path", value);
        case "size_bytes" -> size = number("thanos.files.size_bytes", value);
        default -> p.skipChildren();
      }
    }
    // Its own size is not stated.
    if (size >= 0) {
      files.put(path, size);
    }
  }

  private String string(String name, JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_STRING) {
      throw new IOException("meta.json has " + value + " for \"" + name + "\", expected a string");
    }
    return p.getString();
  }

  private long number(String name, JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_NUMBER_INT) {
      throw new IOException(
          "meta.json has " + value + " for \"" + name + "\", expected a whole number");
    }
    return p.getLongValue();
  }

  private List<String> strings(String name, JsonToken value) throws IOException {
    List<String> out = new ArrayList<>();
    if (value == JsonToken.VALUE_NULL) {
      return out;
    }
    if (value != JsonToken.START_ARRAY) {
      throw new IOException("meta.json has " + value + " for \"" + name + "\", expected an array");
    }
    while (p.nextToken() != JsonToken.END_ARRAY) {
      out.add(string(name, p.currentToken()));
    }
    return out;
  }

  private Map<String, String> map(String name, JsonToken value) throws IOException {
    Map<String, String> out = new LinkedHashMap<>();
    if (value == JsonToken.VALUE_NULL) {
      return out;
    }
    if (value != JsonToken.START_OBJECT) {
      throw new IOException("meta.json has " + value + " for \"" + name + "\", expected an object");
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = p.currentName();
      out.put(key, string(name + "." + key, p.nextToken()));
    }
    return out;
  }
}
