package io.lamella.gateway.tenant;

import java.io.Serial;

/// A request that names no tenant that is served.
public final class TenantRefused extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final Reason reason;

  /// What is wrong with the name.
  public enum Reason {
    /// There is none.
    MISSING("missing"),
    /// It cannot be the name of a tenant, or there are several.
    INVALID("invalid"),
    /// There is no such tenant.
    UNKNOWN("unknown");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    /// For metrics.
    public String label() {
      return label;
    }
  }

  TenantRefused(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
