package io.lamella.gateway.web;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Whether clients need certificates, by the names that Go gives these policies.
public enum ClientAuth {
  NONE("NoClientCert"),
  /// A certificate is asked for, but any will do.
  REQUEST("RequestClientCert"),
  REQUIRE_ANY("RequireAnyClientCert"),
  VERIFY_IF_GIVEN("VerifyClientCertIfGiven"),
  REQUIRE_AND_VERIFY("RequireAndVerifyClientCert");

  private static final String OLD_REQUIRE_ANY = "RequireClientCert";

  private final String goName;

  ClientAuth(String goName) {
    this.goName = goName;
  }

  /// @throws IllegalArgumentException where there is no such policy
  static ClientAuth of(String name) {
    if (name.equals(OLD_REQUIRE_ANY)) {
      return REQUIRE_ANY;
    }
    for (ClientAuth a : values()) {
      if (a.goName.equals(name)) {
        return a;
      }
    }
    throw new IllegalArgumentException(
        "key \"tls_server_config.client_auth_type\" is \""
            + name
            + "\", expected one of "
            + Arrays.stream(values()).map(a -> a.goName).collect(Collectors.joining(", ")));
  }

  /// Whether certificates must be signed by a trusted authority.
  boolean verifies() {
    return this == VERIFY_IF_GIVEN || this == REQUIRE_AND_VERIFY;
  }

  boolean requires() {
    return this == REQUIRE_ANY || this == REQUIRE_AND_VERIFY;
  }
}
