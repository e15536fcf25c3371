package io.lamella.bench.data;

import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;

/// A scrape target. All its series share the offset within the minute at which they are scraped,
/// and the gaps.
///
/// @param offsetMillis of each scrape from the full minute
/// @param gapEvery mean number of scrapes between two gaps; 0 for no gaps
record Target(long seed, int offsetMillis, int gapEvery) {
  static final int INTERVAL_MILLIS = 60_000;

  /// A target with this name. The offset is never 0, so no sample lies on the boundary of a range
  /// that starts at a full second: Prometheus 2 and 3 differ there.
  static Target of(long seed, String name, int gapEvery) {
    SplitMix random = SplitMix.of(seed, "target", name);
    return new Target(random.next(), 1000 * random.below(59) + 123 + random.below(700), gapEvery);
  }

  /// Samples of one series from `fromMillis` up to, not including, `endMillis`.
  ///
  /// @param endsStale whether the series ends there with a stale marker
  SampleColumns scrape(Signal.Source source, long fromMillis, long endMillis, boolean endsStale) {
    SampleColumns out = new SampleColumns((int) ((endMillis - fromMillis) / INTERVAL_MILLIS) + 1);
    SplitMix gaps = new SplitMix(seed ^ fromMillis);
    Signal signal = source.start();
    long gapEnd = Long.MIN_VALUE;
    long last = endMillis - (endsStale ? INTERVAL_MILLIS : 0);
    long time = fromMillis + offsetMillis;
    for (; time < last; time += INTERVAL_MILLIS) {
      int before = out.size();
      signal.scrape(time, out);
      if (gapEvery > 0 && gaps.oneIn(gapEvery)) {
        gapEnd = time + (1L + gaps.below(30)) * INTERVAL_MILLIS;
      }
      if (time < gapEnd) {
        out.truncate(before);
      }
    }
    if (endsStale && time < endMillis) {
      out.add(time, Stale.MARKER);
    }
    return out;
  }
}
