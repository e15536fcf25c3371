/// Writes TSDB blocks in the format of Prometheus and Thanos: index, chunk segments, tombstones and
/// meta.json. Takes series in label order with encoded chunks, which it does not decode.
@NullMarked
package io.lamella.storage.tsdb.write;

import org.jspecify.annotations.NullMarked;
