/// Reads one Prometheus TSDB block, read-only and memory-mapped: meta.json, index (versions 1 to
/// 3), chunk segments, tombstones.
///
/// Returns series and chunks in label order; their checksums are verified. Independent of merging
/// and conversion. The heap holds one number for each symbol, never all series. Source: Prometheus'
/// block, index and chunk format documents.
@NullMarked
package io.lamella.storage.tsdb;

import org.jspecify.annotations.NullMarked;
