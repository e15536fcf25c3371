package io.lamella.gateway.backtest;

import java.time.Duration;
import java.util.List;

/// Takes what a backtest tells while it runs. The methods are called by the thread that runs it.
public interface BacktestListener {
  /// What the result rests on.
  ///
  /// @param request SHA-256 of the request, in hex
  /// @param engine the version of the language and the program
  /// @param blocks the identities of the blocks that exist, the oldest first
  record Basis(String request, String engine, List<String> blocks) {
    public Basis {
      blocks = List.copyOf(blocks);
    }
  }

  /// How far it is.
  ///
  /// @param requests to the store
  /// @param bytes read from the store
  /// @param cachedBytes read from caches
  /// @param samples that selectors have read
  record Progress(
      long verdicts,
      long allVerdicts,
      long requests,
      long bytes,
      long cachedBytes,
      long samples,
      Duration elapsed) {}

  default void started(Basis basis) {}

  /// A verdict that is final. The order depends on the request and the data alone.
  void verdict(Verdict verdict);

  /// Follows all verdicts, in the order of the windows.
  default void proposal(Proposal proposal) {}

  default void progress(Progress progress) {}
}
