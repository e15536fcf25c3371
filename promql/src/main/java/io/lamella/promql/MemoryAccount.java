package io.lamella.promql;

/// The memory that one query may hold. The engine reserves what it is about to hold (step buffers,
/// label sets, match tables, samples, the result) and releases what it no longer holds.
///
/// What is not released stays reserved after the query: that is the result. The owner of the
/// account gives it back when the result is no longer needed. Thread-safe.
public interface MemoryAccount {
  /// An account without a limit.
  MemoryAccount UNLIMITED =
      new MemoryAccount() {
        @Override
        public void reserve(long bytes) {}

        @Override
        public void release(long bytes) {}
      };

  /// Reserves memory before it is allocated. May wait until other queries release some.
  ///
  /// @throws QueryException.TooExpensive where the query may not hold so much
  /// @throws QueryException.Cancelled where the thread is interrupted while it waits
  void reserve(long bytes);

  /// Reserves memory where so much is free now, without waiting. To be overridden where [#reserve]
  /// waits.
  ///
  /// @return false where so much is not free
  default boolean tryReserve(long bytes) {
    try {
      reserve(bytes);
      return true;
    } catch (QueryException.TooExpensive e) {
      return false;
    }
  }

  /// Gives back memory that was reserved.
  void release(long bytes);
}
