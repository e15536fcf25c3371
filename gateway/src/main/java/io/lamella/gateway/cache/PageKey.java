package io.lamella.gateway.cache;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectVersion;

/// The name of cached bytes: a range of one version of a file. Another version is another name, so
/// that a replaced object never answers with old bytes.
public record PageKey(FileVersion file, ByteRange range) {
  public ObjectVersion object() {
    return file.object();
  }
}
