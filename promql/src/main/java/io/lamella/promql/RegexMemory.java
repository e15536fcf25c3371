package io.lamella.promql;

import java.util.function.LongConsumer;

/// The memory of a query's compiled regular expressions, reserved until it is closed: a few
/// characters can ask for megabytes.
final class RegexMemory implements LongConsumer, AutoCloseable {
  private final MemoryAccount account;
  private long reserved;

  RegexMemory(MemoryAccount account) {
    this.account = account;
  }

  @Override
  public void accept(long bytes) {
    account.reserve(bytes);
    reserved += bytes;
  }

  @Override
  public void close() {
    if (reserved > 0) {
      account.release(reserved);
      reserved = 0;
    }
  }
}
