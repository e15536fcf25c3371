/// Writes TSDB blocks as Prometheus and Thanos keep them: index, chunk segments, tombstones and
/// meta.json. Series come in label order, encoded; what they mean is not known here.
@NullMarked
package io.lamella.storage.tsdb.write;

import org.jspecify.annotations.NullMarked;
