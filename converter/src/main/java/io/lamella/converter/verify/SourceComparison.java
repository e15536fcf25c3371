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

/// Compares the series of a published block with those of its sources. Both are in the order of the
/// sort key, so one series of each is in memory at a time. Floats are compared by their bits.
/// Buckets without observations do not count: one chunk has the same buckets in all of its
/// histograms, so that they depend on where chunks were cut.
final class SourceComparison implements VerifiedSeriesVisitor {
  private final DaySamples source;
  private final RowOrder order;
  private final String object;
  private final Findings findings;
  private boolean more;
  private boolean gaps;

  /// @param object the name of the block in findings
  private SourceComparison(
      DaySamples source, RowOrder order, String object, Findings findings, boolean more) {
    this.source = source;
    this.order = order;
    this.object = object;
    this.findings = findings;
    this.more = more;
  }

  static SourceComparison start(DaySamples source, RowOrder order, String object, Findings findings)
      throws IOException {
    return new SourceComparison(source, order, object, findings, source.next());
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
  private void compare(Labels labels, SampleColumns block, SampleColumns sources) {
    int n = Math.min(block.size(), sources.size());
    for (int i = 0; i < n; i++) {
      if (block.times()[i] != sources.times()[i]
          || !sameValue(block, sources, i)
          || !sameReset(block, sources, i)
          || block.startTimeAt(i) != sources.startTimeAt(i)) {
        add(labels, text(block, i), text(sources, i));
        return;
      }
    }
    if (block.size() != sources.size()) {
      add(
          labels,
          n < block.size() ? text(block, n) : "no further sample",
          n < sources.size() ? text(sources, n) : "no further sample");
    }
  }

  private void add(Labels labels, String block, String sources) {
    findings.add(object, "series=" + labels, "the block has " + block + ", the sources " + sources);
  }

  private static boolean sameValue(SampleColumns a, SampleColumns b, int i) {
    Histogram x = a.histogramAt(i);
    Histogram y = b.histogramAt(i);
    if (x == null || y == null) {
      return x == y
          && Double.doubleToRawLongBits(a.values()[i]) == Double.doubleToRawLongBits(b.values()[i]);
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
  private static boolean sameReset(SampleColumns block, SampleColumns sources, int i) {
    Histogram x = block.histogramAt(i);
    Histogram y = sources.histogramAt(i);
    if (x == null || y == null || x.isStale()) {
      return true;
    }
    boolean gauge = x.counterReset() == CounterReset.GAUGE;
    if (gauge != (y.counterReset() == CounterReset.GAUGE)) {
      return false;
    }
    if (x.counterReset() != CounterReset.NOT_RESET || x.counterReset() == y.counterReset()) {
      return true;
    }
    Histogram before = i == 0 ? null : sources.histogramAt(i - 1);
    return before != null
        && CounterResetHints.isProvenNoReset(y.withCounterReset(CounterReset.UNKNOWN), before);
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
