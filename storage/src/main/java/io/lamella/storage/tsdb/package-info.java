/// Reads one Prometheus TSDB block, read-only and memory-mapped: meta.json, index (versions 1 to
/// 3), chunk segments, tombstones.
///
/// Series and chunks come out in label order with their bytes verified; it is independent of who
/// merges or converts them. The heap holds one number a symbol, never series. Source: Prometheus'
/// block, index and chunk format documents.
@NullMarked
package io.lamella.storage.tsdb;

import org.jspecify.annotations.NullMarked;
