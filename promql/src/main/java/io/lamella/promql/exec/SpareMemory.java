package io.lamella.promql.exec;

/// The account of a query for what threads beside its own hold. They do not wait for the memory of
/// other queries, for which the query may need nothing of that.
public final class SpareMemory implements QueryMemory.Account {
  private final QueryMemory.Account account;

  public SpareMemory(QueryMemory.Account account) {
    this.account = account;
  }

  /// @throws EvaluationException.Failed where so much is not free
  @Override
  public void reserve(long bytes) {
    if (!account.tryReserve(bytes)) {
      throw new EvaluationException.Failed("no memory for one more thread: " + bytes + " bytes");
    }
  }

  @Override
  public boolean tryReserve(long bytes) {
    return account.tryReserve(bytes);
  }

  @Override
  public void release(long bytes) {
    account.release(bytes);
  }
}
