/// Writes TSDB blocks as Prometheus and Thanos keep them: index, chunk segments, tombstones and
/// meta.json. Series come in label order, encoded; the package does not look into them.
@NullMarked
package io.lamella.storage.tsdb.write;

import org.jspecify.annotations.NullMarked;
