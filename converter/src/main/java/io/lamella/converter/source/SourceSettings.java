package io.lamella.converter.source;

import io.lamella.model.Labels;
import java.nio.file.Path;

/// How source blocks are read.
///
/// @param work directory for local copies; the caller deletes it
/// @param diskBytes limit of the local copies at any time
/// @param external labels of blocks that state none, as those of a Prometheus
public record SourceSettings(Path work, long diskBytes, Labels external) {
  /// No limit, and no labels.
  public static SourceSettings of(Path work) {
    return new SourceSettings(work, Long.MAX_VALUE, Labels.EMPTY);
  }
}
