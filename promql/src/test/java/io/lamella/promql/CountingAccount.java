package io.lamella.promql;

/// An account that counts, with a limit. Thread-safe.
final class CountingAccount implements MemoryAccount {
  private final long limit;
  private long reserved;
  private long peak;
  private int requests;

  CountingAccount(long limit) {
    this.limit = limit;
  }

  static CountingAccount unlimited() {
    return new CountingAccount(Long.MAX_VALUE);
  }

  @Override
  public synchronized void reserve(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("cannot reserve " + bytes + " bytes");
    }
    requests++;
    if (reserved + bytes > limit) {
      throw new QueryException.TooExpensive("query needs too much memory", limit, reserved + bytes);
    }
    reserved += bytes;
    peak = Math.max(peak, reserved);
  }

  @Override
  public synchronized void release(long bytes) {
    if (bytes <= 0 || bytes > reserved) {
      throw new IllegalArgumentException("cannot release " + bytes + " of " + reserved + " bytes");
    }
    reserved -= bytes;
  }

  synchronized long reserved() {
    return reserved;
  }

  synchronized long peak() {
    return peak;
  }

  synchronized int requests() {
    return requests;
  }

  QueryLimits limits() {
    QueryLimits none = QueryLimits.NONE;
    return new QueryLimits(none.lookback(), none.timeout(), none.maxSamples(), this);
  }
}
