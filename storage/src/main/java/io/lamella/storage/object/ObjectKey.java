package io.lamella.storage.object;

/// The name of an object: segments separated by `/`, no leading slash, no empty, `.` or `..`
/// segment, at most 1,024 bytes of UTF-8 (the limit of S3).
public record ObjectKey(String name) implements Comparable<ObjectKey> {
  public ObjectKey {
    if (name.isEmpty() || name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 1024) {
      throw new IllegalArgumentException(
          "cannot use object key \"" + name + "\": empty or longer than 1024 bytes");
    }
    for (String segment : name.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException(
            "cannot use object key \"" + name + "\": empty, \".\" or \"..\" between slashes");
      }
    }
  }

  /// The key below this one.
  public ObjectKey resolve(String child) {
    return new ObjectKey(name + "/" + child);
  }

  /// The part after the last slash.
  public String lastSegment() {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /// Byte order of the UTF-8 form, as S3 lists.
  @Override
  public int compareTo(ObjectKey other) {
    return java.util.Arrays.compareUnsigned(
        name.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        other.name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return name;
  }
}
