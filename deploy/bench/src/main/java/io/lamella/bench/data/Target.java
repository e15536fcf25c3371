package io.lamella.bench.data;

import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;

/// What a scrape fetches at once: all its series share the second within the minute at which they
/// are scraped, and the minutes that are lost.
///
/// @param offsetMillis of each scrape behind the full minute
/// @param gapEvery scrapes between two losses, on average; 0 for none
record Target(long seed, int offsetMillis, int gapEvery) {
  static final int INTERVAL_MILLIS = 60_000;

  /// A target of this name. The offset is never 0, so that no sample lies on the edge of a range
  /// that begins at a full second: there Prometheus 2 and 3 differ.
  static Target of(long seed, String name, int gapEvery) {
    SplitMix random = SplitMix.of(seed, "target", name);
    return new Target(random.next(), 1000 * random.below(59) + 123 + random.below(700), gapEvery);
  }

  /// Samples of one series from `fromMillis` up to, not including, `endMillis`.
  ///
  /// @param endsStale whether the series ends there for good, which a stale marker then says
  SampleColumns scrape(Signal.Source source, long fromMillis, long endMillis, boolean endsStale) {
    SampleColumns out = new SampleColumns((int) ((endMillis - fromMillis) / INTERVAL_MILLIS) + 1);
    SplitMix losses = new SplitMix(seed ^ fromMillis);
    Signal signal = source.start();
    long lostUntil = Long.MIN_VALUE;
    long last = endMillis - (endsStale ? INTERVAL_MILLIS : 0);
    long time = fromMillis + offsetMillis;
    for (; time < last; time += INTERVAL_MILLIS) {
      int before = out.size();
      signal.scrape(time, out);
      if (gapEvery > 0 && losses.oneIn(gapEvery)) {
        lostUntil = time + (1L + losses.below(30)) * INTERVAL_MILLIS;
      }
      if (time < lostUntil) {
        out.truncate(before);
      }
    }
    if (endsStale && time < endMillis) {
      out.add(time, Stale.MARKER);
    }
    return out;
  }
}
