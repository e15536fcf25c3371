package io.lamella.gateway.web;

import io.lamella.storage.object.config.YamlMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The part `tls_server_config` of a web configuration file.
///
/// @param certificate chain of the server; `key` its private key
/// @param clientCa certificates that those of clients must be signed by; empty for the authorities
///   that the JDK trusts
/// @param clientAllowedSans names of which a client's certificate must have one; empty for any
/// @param protocols that are spoken, by the JDK's names
/// @param cipherSuites that are spoken, best first
/// @param groups of the key exchange, best first, by the JDK's names; empty for the JDK's
public record TlsConfig(
    PemSource certificate,
    PemSource key,
    ClientAuth clientAuth,
    Optional<PemSource> clientCa,
    List<String> clientAllowedSans,
    List<String> protocols,
    List<String> cipherSuites,
    List<String> groups) {
  private static final String PATH = "tls_server_config.";

  /// Those of TLS 1.3, which a configuration does not choose, as in Go.
  private static final List<String> TLS_13_SUITES =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  /// Those that Go has, of TLS 1.2 and before.
  private static final List<String> TLS_12_SUITES =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");

  /// Oldest first. The JDK refuses the first two.
  private static final List<String> VERSIONS = List.of("TLS10", "TLS11", "TLS12", "TLS13");

  private static final Map<String, String> GROUPS =
      Map.of(
          "CurveP256", "secp256r1",
          "CurveP384", "secp384r1",
          "CurveP521", "secp521r1",
          "X25519", "x25519");

  public TlsConfig {
    clientAllowedSans = List.copyOf(clientAllowedSans);
    protocols = List.copyOf(protocols);
    cipherSuites = List.copyOf(cipherSuites);
    groups = List.copyOf(groups);
  }

  /// @return empty where nothing is given
  static Optional<TlsConfig> of(YamlMap yaml, Path directory) {
    Optional<PemSource> certificate = PemSource.of(yaml, "cert", directory);
    Optional<PemSource> key = PemSource.of(yaml, "key", directory);
    Optional<PemSource> clientCa = PemSource.of(yaml, "client_ca", directory);
    String auth = yaml.text("client_auth_type", "");
    List<String> protocols =
        protocols(yaml.text("min_version", "TLS12"), yaml.text("max_version", "TLS13"));
    List<String> suites = cipherSuites(yaml.list("cipher_suites"));
    List<String> groups =
        yaml.list("curve_preferences").stream()
            .map(n -> known(GROUPS.getOrDefault(n, ""), "curve_preferences", n, GROUPS.keySet()))
            .toList();
    List<String> sans = yaml.list("client_allowed_sans");
    // The server's order always counts, as in Go.
    yaml.flag("prefer_server_cipher_suites");
    yaml.end();
    if (certificate.isEmpty() && key.isEmpty() && clientCa.isEmpty() && auth.isEmpty()) {
      if (!sans.isEmpty()) {
        throw new IllegalArgumentException(
            "key \"" + PATH + "client_allowed_sans\" needs cert_file, key_file, client_auth_type");
      }
      return Optional.empty();
    }
    ClientAuth clientAuth = auth.isEmpty() ? ClientAuth.NONE : ClientAuth.of(auth);
    if (clientAuth == ClientAuth.NONE && (clientCa.isPresent() || !sans.isEmpty())) {
      throw new IllegalArgumentException(
          "key \""
              + PATH
              + "client_auth_type\" asks for no certificates, but client_ca_file or client_allowed_sans is given; expected RequireAndVerifyClientCert");
    }
    return Optional.of(
        new TlsConfig(
            required(certificate, "cert"),
            required(key, "key"),
            clientAuth,
            clientCa,
            sans,
            protocols,
            suites,
            groups));
  }

  private static PemSource required(Optional<PemSource> source, String key) {
    return source.orElseThrow(() ->
        new IllegalArgumentException(
            "key \"" + PATH + key + "_file\" or \"" + PATH + key + "\" is missing"));
  }

  private static List<String> protocols(String min, String max) {
    int from = version("min_version", min);
    int to = version("max_version", max);
    if (from > to) {
      throw new IllegalArgumentException(
          "key \"" + PATH + "min_version\" is " + min + ", after max_version " + max);
    }
    if (to < VERSIONS.indexOf("TLS12")) {
      throw new IllegalArgumentException(
          "key \"" + PATH + "max_version\" is " + max + ", expected TLS12 or TLS13");
    }
    // TLS10 as a minimum also serves newer clients; what the JDK refuses is left out.
    return VERSIONS.subList(Math.max(from, VERSIONS.indexOf("TLS12")), to + 1).stream()
        .map(v -> "TLSv1." + v.charAt(v.length() - 1))
        .toList();
  }

  private static int version(String key, String name) {
    int index = VERSIONS.indexOf(name);
    known(index < 0 ? "" : name, key, name, VERSIONS);
    return index;
  }

  private static List<String> cipherSuites(List<String> names) {
    List<String> out = new ArrayList<>(TLS_13_SUITES);
    if (names.isEmpty()) {
      out.addAll(TLS_12_SUITES);
    }
    for (String n : names) {
      if (TLS_12_SUITES.contains(n)) {
        out.add(n);
      } else if (!TLS_13_SUITES.contains(n)) {
        known("", "cipher_suites", n, TLS_12_SUITES);
      }
    }
    return out;
  }

  /// @param found empty where the name is unknown
  private static String known(
      String found, String key, String name, java.util.Collection<String> expected) {
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "key \""
              + PATH
              + key
              + "\" has the unknown \""
              + name
              + "\", expected of "
              + String.join(", ", expected.stream().sorted().toList()));
    }
    return found;
  }
}
