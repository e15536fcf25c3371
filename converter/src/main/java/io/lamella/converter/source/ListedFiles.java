package io.lamella.converter.source;

import io.lamella.model.Labels;
import io.lamella.storage.block.Digests;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The objects of one TSDB block, by their names in the block's directory.
record ListedFiles(Ulid block, Map<String, ObjectVersion> objects) {
  static final String META = "meta.json";
  static final String INDEX = "index";
  static final String DELETION_MARK = "deletion-mark.json";
  private static final String TOMBSTONES = "tombstones";
  private static final int EMPTY_TOMBSTONES_BYTES = 9;
  private static final Pattern SEGMENT = Pattern.compile("chunks/\\d+");

  ListedFiles {
    objects = new TreeMap<>(objects);
  }

  static ListedFiles of(Ulid block, Iterable<ObjectEntry> entries) {
    Map<String, ObjectVersion> objects = new TreeMap<>();
    for (ObjectEntry e : entries) {
      objects.put(e.key().name().substring(block.toString().length() + 1), e.version());
    }
    return new ListedFiles(block, objects);
  }

  Optional<ObjectVersion> object(String name) {
    return Optional.ofNullable(objects.get(name));
  }

  static boolean isSegment(String name) {
    return SEGMENT.matcher(name).matches();
  }

  /// Whether the content of the block depends on the file.
  static boolean isData(String name) {
    return name.equals(INDEX) || name.equals(TOMBSTONES) || isSegment(name);
  }

  /// 16 hex digits of a digest over name, size and ETag of all files with data, and over the
  /// external labels, which become labels of rows or distinguish replicas. Of `meta.json` itself
  /// only these count: what else it states changes no sample.
  String state(Labels external) {
    MessageDigest digest = Digests.newSha256();
    digest.update(external.toString().getBytes(StandardCharsets.UTF_8));
    objects.forEach((name, version) -> {
      if (isData(name)) {
        String line = name + " " + version.size() + " " + version.etag() + "\n";
        digest.update(line.getBytes(StandardCharsets.UTF_8));
      }
    });
    return Digests.shortened(digest.digest());
  }

  /// The size of all files with data.
  long bytes() {
    return objects.entrySet().stream()
        .filter(e -> isData(e.getKey()))
        .mapToLong(e -> e.getValue().size())
        .sum();
  }

  /// The size of all deletions. A file without any has its magic, its version and its checksum.
  long tombstoneBytes() {
    return object(TOMBSTONES).map(v -> Math.max(0, v.size() - EMPTY_TOMBSTONES_BYTES)).orElse(0L);
  }

  /// The size of all chunk segments.
  long chunkBytes() {
    return objects.entrySet().stream()
        .filter(e -> isSegment(e.getKey()))
        .mapToLong(e -> e.getValue().size())
        .sum();
  }
}
