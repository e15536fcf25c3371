package io.lamella.promql.exec;

import java.util.concurrent.Semaphore;

/// The threads that may evaluate series beside the thread of a query, and when they do.
///
/// @param permits one a thread; shared by all queries, so that there are only as many as free cores
/// @param maxThreads of one query at a time; 0 for none at all
/// @param minSeries a selection of fewer series is evaluated by the thread of the query alone
/// @param partSeries the most series that a thread takes at once
public record Workers(Semaphore permits, int maxThreads, int minSeries, int partSeries) {
  private static final int MIN_SERIES = 256;
  private static final int PART_SERIES = 128;

  public static final Workers NONE = ofCores(1);

  /// One thread for each core but that of the query itself.
  public static Workers ofCores(int cores) {
    return new Workers(new Semaphore(cores - 1), cores - 1, MIN_SERIES, PART_SERIES);
  }

  /// Threads that run now.
  public int running() {
    return maxThreads - permits.availablePermits();
  }
}
