package io.lamella.gateway.backtest;

import io.lamella.promql.MemoryAccount;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.ast.Expr;

/// The syntax trees of rules. All of a backtest are in memory together, so that each is reserved
/// before it is made.
final class RuleTree {
  /// What a tree takes for each character of its text, as for a query.
  private static final long BYTES_PER_CHARACTER = 64;

  private RuleTree() {}

  /// @param memory for the tree and its regular expressions; it stays reserved
  /// @throws QueryException.BadQuery where the text is not valid
  static Expr parse(PromqlEngine engine, String text, MemoryAccount memory) {
    memory.reserve(BYTES_PER_CHARACTER * text.length());
    if (Thread.currentThread().isInterrupted()) {
      throw new QueryException.Cancelled("backtest was canceled while its rules were read");
    }
    return engine.parse(text, memory);
  }
}
