package io.lamella.promql;

/// What one thread takes of an account for a while, such as that of compiled regular expressions,
/// of which a few characters can ask for megabytes. What is left of it is given back at the end.
public final class CountedMemory implements MemoryAccount, AutoCloseable {
  private final MemoryAccount account;
  private long held;

  public CountedMemory(MemoryAccount account) {
    this.account = account;
  }

  @Override
  public void reserve(long bytes) {
    account.reserve(bytes);
    held += bytes;
  }

  @Override
  public boolean tryReserve(long bytes) {
    boolean reserved = account.tryReserve(bytes);
    held += reserved ? bytes : 0;
    return reserved;
  }

  @Override
  public void release(long bytes) {
    account.release(bytes);
    held -= bytes;
  }

  @Override
  public void close() {
    if (held > 0) {
      release(held);
    }
  }
}
