package io.lamella.cli;

/// A gateway has not judged a part of a backtest; another may.
final class GatewayFailure extends Exception {
  /// Whether the gateway may be asked again.
  enum Kind {
    /// It could not be reached, or it was too busy.
    UNAVAILABLE,
    /// It failed after it had begun, so the part may be to blame.
    BROKE_OFF,
    /// What it sends is not to be used.
    UNUSABLE
  }

  private final Kind kind;

  GatewayFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  GatewayFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }
}
