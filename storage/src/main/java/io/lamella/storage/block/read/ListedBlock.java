package io.lamella.storage.block.read;

import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectVersion;
import java.util.List;
import java.util.Optional;

/// A block's directory as a listing returned it.
///
/// @param meta the version of its `meta.json`; empty for an upload that is not finished
/// @param marked whether it is marked for deletion
/// @param objects everything in the directory, by name
public record ListedBlock(
    Ulid block, Optional<ObjectVersion> meta, boolean marked, List<ObjectEntry> objects) {
  public ListedBlock {
    objects = List.copyOf(objects);
  }
}
