package io.lamella.storage.block;

import io.lamella.model.LabelsBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Parses the JSON object of a meta, alone or within a catalog. The checksum of the whole text is
/// already verified.
final class BlockMetaReader {
  /// A meta that only a newer Lamella can read.
  static final class NewerFormatException extends IOException {
    static final long serialVersionUID = 1;

    NewerFormatException(String message) {
      super(message);
    }
  }

  private final JsonParser p;
  private final JsonMemberReader members;
  private int shards;

  BlockMetaReader(JsonParser p) {
    this.p = p;
    this.members = new JsonMemberReader(p);
  }

  BlockMeta meta() throws IOException {
    BlockHead head = head();
    List<BlockMeta.Shard> shards = members.objects("shards", this::shard);
    if (!shards.equals(BlockNames.inDigestDirectory(shards))) {
      throw new IOException(
          "files in \""
              + shards.getFirst().labels().name()
              + "\" and others, expected in \""
              + BlockNames.digest(shards)
              + "\"");
    }
    members.string("crc32c");
    members.next(JsonToken.END_OBJECT);
    return head.with(shards);
  }

  BlockHead wholeHead() throws IOException {
    BlockHead head = head();
    members.string("crc32c");
    members.next(JsonToken.END_OBJECT);
    return head;
  }

  private BlockHead head() throws IOException {
    members.next(JsonToken.START_OBJECT);
    long version = members.number("version");
    if (version != BlockMeta.VERSION) {
      throw new NewerFormatException(
          "format version " + version + ", expected " + BlockMeta.VERSION);
    }
    requires();
    String createdBy = members.string("createdBy");
    Ulid ulid = Ulid.parse(members.string("ulid"));
    BlockMeta.Coverage coverage = coverage();
    SortKey sortKey = new SortKey(members.strings("sortKey"));
    long column = members.number("dataColumnMillis");
    BlockMeta.Rules rules = rules();
    int generation = Math.toIntExact(members.number("generation"));
    List<Ulid> replaces = members.strings("replaces").stream().map(Ulid::parse).toList();
    List<BlockMeta.Source> sources = members.objects("sources", this::source);
    List<BlockMeta.Input> inputs = members.objects("inputs", this::input);
    BlockMeta.Counts counts =
        new BlockMeta.Counts(
            members.number("series"),
            members.number("chunks"),
            members.number("samples"),
            members.number("firstTime"),
            members.number("lastTime"));
    return new BlockHead(
        ulid,
        coverage,
        new BlockMeta.Lineage(sources, inputs, replaces, rules, generation, createdBy),
        sortKey,
        column,
        counts);
  }

  private void requires() throws IOException {
    members.next(JsonToken.PROPERTY_NAME);
    if (!"requires".equals(p.currentName())) {
      throw new IOException("it was written before format 1 was final");
    }
    members.next(JsonToken.START_ARRAY);
    if (p.nextToken() != JsonToken.END_ARRAY) {
      throw new NewerFormatException("it requires \"" + p.getString() + "\"");
    }
  }

  private BlockMeta.Coverage coverage() throws IOException {
    long min = members.number("minTime");
    long max = members.number("maxTime");
    long resolution = members.number("resolution");
    members.object("labels");
    LabelsBuilder labels = new LabelsBuilder();
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      members.next(JsonToken.VALUE_STRING);
      labels.add(name, p.getString());
    }
    members.current(JsonToken.END_OBJECT);
    return new BlockMeta.Coverage(labels.build(), min, max, resolution);
  }

  private BlockMeta.Rules rules() throws IOException {
    members.object("rules");
    List<String> replicaLabels = members.strings("replicaLabels");
    String dedup = members.string("dedup");
    List<String> foldLabels = members.strings("foldLabels");
    members.end();
    for (BlockMeta.Dedup d : BlockMeta.Dedup.values()) {
      if (dedup.equals(d.name().toLowerCase(Locale.ROOT))) {
        return new BlockMeta.Rules(Set.copyOf(replicaLabels), d, foldLabels);
      }
    }
    throw new IOException("dedup \"" + dedup + "\", expected \"merge\" or \"penalty\"");
  }

  private BlockMeta.Source source() throws IOException {
    Ulid ulid = Ulid.parse(members.string("ulid"));
    long min = members.number("minTime");
    long max = members.number("maxTime");
    return new BlockMeta.Source(
        ulid, min, max, members.lastNumber("samples").orElse(BlockMeta.Source.UNKNOWN));
  }

  private BlockMeta.Input input() throws IOException {
    BlockMeta.Input out =
        new BlockMeta.Input(
            Ulid.parse(members.string("ulid")),
            members.string("state"),
            members.number("read"),
            members.number("deleted"),
            members.number("deduplicated"),
            members.number("kept"));
    members.end();
    return out;
  }

  private BlockMeta.Shard shard() throws IOException {
    int number = shards++;
    long rows = members.number("rows");
    int groups = Math.toIntExact(members.number("rowGroups"));
    List<String> firstKey = members.strings("firstKey");
    List<String> lastKey = members.strings("lastKey");
    BlockMeta.File labels = file("labels", BlockNames.labelsFile(number));
    BlockMeta.File chunks = file("chunks", BlockNames.chunksFile(number));
    BlockMeta.Manifest manifest = manifest(BlockNames.manifest(number));
    members.end();
    return new BlockMeta.Shard(rows, groups, firstKey, lastKey, labels, chunks, manifest);
  }

  private BlockMeta.Manifest manifest(String expectedName) throws IOException {
    members.object("manifest");
    String name = fileName(expectedName);
    long size = members.number("size");
    int crc = Integer.parseUnsignedInt(members.string("crc32c"), 16);
    String sha256 = members.string("sha256");
    members.end();
    return new BlockMeta.Manifest(name, size, crc, sha256);
  }

  private BlockMeta.File file(String member, String expectedName) throws IOException {
    members.object(member);
    String name = fileName(expectedName);
    long size = members.number("size");
    long indexStart = members.number("indexStart");
    int crc = Integer.parseUnsignedInt(members.string("indexCrc32c"), 16);
    String sha256 = members.string("sha256");
    members.end();
    return new BlockMeta.File(name, size, indexStart, crc, sha256);
  }

  private String fileName(String expectedName) throws IOException {
    String name = members.string("file");
    if (!BlockNames.fileName(name).equals(expectedName)) {
      throw new IOException("file \"" + name + "\", expected \"" + expectedName + "\"");
    }
    return name;
  }
}
