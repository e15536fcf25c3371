package io.lamella.promql.exec;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;

/// The bytes that a running query holds. They are reserved in its account in chunks, so that a
/// small query asks once. Used by one thread.
///
/// Sizes are those of a 64-bit JVM with compressed references, rounded up. What several holders
/// share (strings, histograms of the source) is counted for each of them.
public final class QueryMemory {
  /// Where memory is reserved; may refuse with an exception.
  public interface Account {
    /// May wait for other queries.
    void reserve(long bytes);

    /// Does not wait.
    ///
    /// @return false where so much is not free
    boolean tryReserve(long bytes);

    void release(long bytes);
  }

  private static final long CHUNK = 64 << 10;
  private static final long MAX_CHUNK = 4 << 20;
  private static final int OBJECT = 48;

  private final Account account;
  private long held;
  private long reserved;
  private long result;

  public QueryMemory(Account account) {
    this.account = account;
  }

  /// Counts bytes that are about to be allocated.
  public void hold(long bytes) {
    held += bytes;
    if (held > reserved) {
      long chunk = Math.clamp(reserved / 8, CHUNK, MAX_CHUNK);
      long more = Math.max(held - reserved, chunk);
      account.reserve(more);
      reserved += more;
    }
  }

  public void release(long bytes) {
    held -= bytes;
    long unused = reserved - held;
    if (unused > 2 * Math.clamp(reserved / 8, CHUNK, MAX_CHUNK)) {
      reserved -= unused;
      account.release(unused);
    }
  }

  /// Counts bytes that belong to the result, which outlives the query.
  public void holdResult(long bytes) {
    hold(bytes);
    result += bytes;
  }

  /// Gives back everything but the result.
  void keepResult() {
    giveBack(result);
  }

  /// Gives back everything.
  void abandon() {
    giveBack(0);
  }

  private void giveBack(long kept) {
    long unused = reserved - kept;
    reserved = kept;
    held = kept;
    if (unused > 0) {
      account.release(unused);
    }
  }

  /// The size of a buffer of floats over all steps.
  public static long ofSteps(int steps) {
    return 2L * OBJECT + 8L * steps + steps / 8;
  }

  public static long ofBits(long[] words) {
    return 16 + 8L * words.length;
  }

  /// A label set with its entry in a table.
  public static long of(Labels labels) {
    long bytes = 2 * OBJECT;
    for (int i = 0; i < labels.size(); i++) {
      // Names are shared; a value has at most two bytes a character.
      bytes += OBJECT + 16 + labels.value(i).length();
    }
    return bytes;
  }

  /// The arrays of a buffer of samples and its histograms.
  public static long of(SampleColumns samples) {
    long bytes = 2 * OBJECT + 16L * samples.times().length;
    if (samples.hasStartTimes()) {
      bytes += 8L * samples.times().length;
    }
    if (samples.hasHistograms()) {
      Histogram last = null;
      for (int i = 0; i < samples.size(); i++) {
        Histogram h = samples.histogramAt(i);
        if (h != null && h != last) {
          bytes += of(h);
          last = h;
        }
      }
      bytes += 4L * samples.times().length;
    }
    return bytes;
  }

  public static long of(Histogram h) {
    long numbers = h.positive().length + h.negative().length + h.customValues().length;
    return 3 * OBJECT + 8 * numbers + 24L * (h.positiveSpans().size() + h.negativeSpans().size());
  }
}
