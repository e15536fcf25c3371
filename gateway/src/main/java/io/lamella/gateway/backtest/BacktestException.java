package io.lamella.gateway.backtest;

import java.io.Serial;

/// A request for a backtest that cannot be carried out, with the field that is wrong.
public final class BacktestException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String path;

  /// @param path of the field, such as `constraints[2].expr`
  public BacktestException(String path, String reason) {
    super(path + ": " + reason);
    this.path = path;
  }

  public String path() {
    return path;
  }
}
