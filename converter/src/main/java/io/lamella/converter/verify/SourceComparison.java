package io.lamella.converter.verify;

import io.lamella.converter.merge.DaySamples;
import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.block.verify.RowOrder;
import io.lamella.storage.block.verify.VerifiedSeriesVisitor;
import io.lamella.storage.chunk.CounterResetHints;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Compares the series of a published block with those of its sources. Both are in the order of the
/// sort key, so one series of each is in memory at a time. Floats are compared by their bits.
/// Buckets without observations do not count: one chunk has the same buckets in all of its
/// histograms, so that they depend on where chunks were cut.
///
/// The sources may be compacted ones of those that the block was made of. Which of several samples
/// at one instant was kept then depends on identifiers that are gone, so that any of them is right.
final class SourceComparison implements VerifiedSeriesVisitor {
  private final DaySamples source;
  private final RowOrder order;
  private final String object;
  private final Findings findings;
  private final Sources sources;
  private boolean more;
  private boolean gaps;

  /// Which TSDB blocks a block is compared with.
  enum Sources {
    /// Those that it was made of.
    INPUTS,
    /// Others that contain those.
    COMPACTED
  }

  /// @param object the name of the block in findings
  private SourceComparison(
      DaySamples source, RowOrder order, String object, Findings findings, Sources sources) {
    this.source = source;
    this.order = order;
    this.object = object;
    this.findings = findings;
    this.sources = sources;
  }

  static SourceComparison start(
      DaySamples source, RowOrder order, String object, Findings findings, Sources sources)
      throws IOException {
    SourceComparison out = new SourceComparison(source, order, object, findings, sources);
    out.more = source.next();
    return out;
  }

  @Override
  public void series(Labels labels, SampleColumns samples) throws IOException {
    while (more && order.compare(source.labels(), labels) < 0) {
      missing();
    }
    if (!more || !source.labels().equals(labels)) {
      findings.add(object, "series=" + labels, "the sources have no such series here");
      return;
    }
    compare(labels, samples, source.samples());
    more = source.next();
  }

  private void missing() throws IOException {
    if (!gaps) {
      findings.add(object, "series=" + source.labels(), "the block lacks a series of its sources");
    }
    more = source.next();
  }

  @Override
  public void unreadableRows() {
    gaps = true;
  }

  /// Ends the comparison and reports the remaining series of the sources as missing.
  void end() throws IOException {
    while (more) {
      missing();
    }
  }

  /// Reports the first sample that differs.
  private void compare(Labels labels, SampleColumns block, SampleColumns merged) {
    int n = Math.min(block.size(), merged.size());
    boolean followsMerged = true;
    for (int i = 0; i < n; i++) {
      boolean isMerged = isSame(block, i, merged, i);
      boolean follows = isMerged && followsMerged;
      if (!(follows && sameReset(block, merged, i)) && !isOffered(block, i)) {
        add(labels, text(block, i), text(merged, i));
        return;
      }
      followsMerged = isMerged;
    }
    if (block.size() != merged.size()) {
      add(
          labels,
          n < block.size() ? text(block, n) : "no further sample",
          n < merged.size() ? text(merged, n) : "no further sample");
    }
  }

  private void add(Labels labels, String block, String sources) {
    findings.add(object, "series=" + labels, "the block has " + block + ", the sources " + sources);
  }

  /// Whether some source has the sample, where any may have been kept. No hint of theirs tells
  /// whether a histogram was reset since the sample that the block has before it.
  private boolean isOffered(SampleColumns block, int i) {
    return sources == Sources.COMPACTED
        && block.times()[i] == source.samples().times()[i]
        && source.offered(i).stream()
            .anyMatch(o ->
                isSame(block, i, o.of(), o.index())
                    && sameKind(block.histogramAt(i), o.of().histogramAt(o.index())))
        && (!deniesReset(block.histogramAt(i)) || isProvenNoReset(block, i));
  }

  private static boolean isSame(SampleColumns a, int i, SampleColumns b, int j) {
    return a.times()[i] == b.times()[j]
        && a.startTimeAt(i) == b.startTimeAt(j)
        && sameValue(a, i, b, j);
  }

  private static boolean sameValue(SampleColumns a, int i, SampleColumns b, int j) {
    Histogram x = a.histogramAt(i);
    Histogram y = b.histogramAt(j);
    if (x == null || y == null) {
      return x == y
          && Double.doubleToRawLongBits(a.values()[i]) == Double.doubleToRawLongBits(b.values()[j]);
    }
    if (x.hasIntegerCounts() != y.hasIntegerCounts()) {
      return false;
    }
    // A stale marker has no buckets of its own; in a chunk that was cut again it has those of the
    // chunk.
    return x.isStale() ? y.isStale() : x.hasSameObservations(y);
  }

  /// The hint may have become "unknown" where a chunk was cut again; readers then compare the
  /// samples. It must never say that there was no reset where the sources do not say so, unless
  /// comparing the samples proves it.
  private static boolean sameReset(SampleColumns block, SampleColumns merged, int i) {
    Histogram x = block.histogramAt(i);
    Histogram y = merged.histogramAt(i);
    return sameKind(x, y) && (!deniesReset(x) || deniesReset(y) || isProvenNoReset(merged, i));
  }

  private static boolean deniesReset(@Nullable Histogram h) {
    return h != null && !h.isStale() && h.counterReset() == CounterReset.NOT_RESET;
  }

  /// Whether both are gauges or both counters. A stale marker is neither.
  private static boolean sameKind(@Nullable Histogram x, @Nullable Histogram y) {
    return x == null
        || y == null
        || x.isStale()
        || (x.counterReset() == CounterReset.GAUGE) == (y.counterReset() == CounterReset.GAUGE);
  }

  private static boolean isProvenNoReset(SampleColumns of, int i) {
    Histogram h = of.histogramAt(i);
    Histogram before = i == 0 ? null : of.histogramAt(i - 1);
    return h != null
        && before != null
        && CounterResetHints.isProvenNoReset(h.withCounterReset(CounterReset.UNKNOWN), before);
  }

  private static String text(SampleColumns s, int i) {
    Histogram h = s.histogramAt(i);
    String value =
        h != null
            ? h.toString()
            : s.values()[i] + String.format(" (%016x)", Double.doubleToRawLongBits(s.values()[i]));
    long start = s.startTimeAt(i);
    return value + " at " + s.times()[i] + (start == 0 ? "" : " started at " + start);
  }
}
