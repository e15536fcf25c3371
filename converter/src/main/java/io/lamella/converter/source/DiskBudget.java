package io.lamella.converter.source;

import java.io.IOException;
import java.util.TreeSet;

/// Divides local disk among readers of source blocks. A reader gets the space for all of its blocks
/// at once, readers in the order of their numbers, so that no two wait for each other.
final class DiskBudget {
  private final long limit;
  private final TreeSet<Long> waiting = new TreeSet<>();
  private long used;
  private int running;

  /// What a reader needs. Called under the budget's lock.
  interface Demand {
    /// Bytes that are not taken yet by it or others for it.
    long bytes();

    /// The bytes that were returned last are taken.
    void taken();
  }

  DiskBudget(long limit) {
    this.limit = limit;
  }

  /// Waits until there is space.
  ///
  /// @param number of the reader; lower ones come first
  /// @param demand how much more it needs, asked again after each wait
  /// @param what it is for, for messages
  /// @throws IOException where no other reader is left that could release any
  synchronized void take(long number, Demand demand, String what)
      throws IOException, InterruptedException {
    waiting.add(number);
    try {
      while (true) {
        if (waiting.first() == number) {
          long bytes = demand.bytes();
          if (bytes <= limit - used) {
            used += bytes;
            running++;
            demand.taken();
            return;
          }
          if (running == 0) {
            throw new IOException(
                "cannot copy the sources of "
                    + what
                    + ": "
                    + bytes
                    + " bytes more are needed at once, and "
                    + used
                    + " are in use for later days, limit "
                    + limit
                    + "; raise --temp-disk");
          }
        }
        wait();
      }
    } finally {
      waiting.remove(number);
      notifyAll();
    }
  }

  /// The reader is done, also where it keeps its space for others.
  synchronized void end() {
    running--;
    notifyAll();
  }

  /// Corrects an estimate.
  ///
  /// @throws IOException where that alone is above the limit
  synchronized void correct(long before, long now, String what) throws IOException {
    if (now > limit) {
      throw new IOException(
          "cannot copy "
              + what
              + ": "
              + now
              + " bytes, limit "
              + limit
              + "; raise --temp-disk, or convert fewer days at once with --min-time and --max-time");
    }
    used += now - before;
  }

  synchronized void release(long bytes) {
    used -= bytes;
    notifyAll();
  }
}
