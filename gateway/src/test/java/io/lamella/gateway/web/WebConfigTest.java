package io.lamella.gateway.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Web configurations are read as exporter-toolkit reads them, and wrong ones are refused by name.
class WebConfigTest {
  private static final Path DIRECTORY = Path.of("/etc/lamella");
  private static final String HASH = "$2y$10$" + "a".repeat(53);
  private static final String KEYS = "cert_file: server.crt\n  key_file: server.key\n";

  private static WebConfig parse(String yaml) {
    return WebConfig.parse(yaml, DIRECTORY);
  }

  private static TlsConfig tls(String more) {
    return parse("tls_server_config:\n  " + KEYS + more).tls().orElseThrow();
  }

  @Test
  void everyKeyOfTheFileIsRead() {
    WebConfig config =
        parse(
            """
            # as in a Prometheus
            tls_server_config:
              cert_file: server.crt
              key_file: /keys/server.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: ca.crt
              client_allowed_sans: [grafana.example, 10.0.0.1]
              min_version: TLS12
              max_version: TLS12
              cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]
              prefer_server_cipher_suites: true
              curve_preferences: [X25519, CurveP256]
            http_server_config:
              http2: true
              headers:
                Content-Security-Policy: default-src 'self'
                Strict-Transport-Security: max-age=31536000
                X-Content-Type-Options: nosniff
                X-Frame-Options: deny
                X-XSS-Protection: ""
            basic_auth_users:
              grafana: %s
            rate_limit:
              interval: 100ms
              burst: 20
            """
                .formatted(HASH));

    TlsConfig tls = config.tls().orElseThrow();
    assertEquals(Optional.of(DIRECTORY.resolve("server.crt")), tls.certificate().file());
    assertEquals(Optional.of(Path.of("/keys/server.key")), tls.key().file());
    assertEquals(Optional.of(DIRECTORY.resolve("ca.crt")), tls.clientCa().flatMap(PemSource::file));
    assertEquals(ClientAuth.REQUIRE_AND_VERIFY, tls.clientAuth());
    assertEquals(List.of("grafana.example", "10.0.0.1"), tls.clientAllowedSans());
    assertEquals(List.of("TLSv1.2"), tls.protocols());
    assertTrue(tls.cipherSuites().contains("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"));
    assertFalse(tls.cipherSuites().contains("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
    assertEquals(List.of("x25519", "secp256r1"), tls.groups());
    assertEquals(
        Map.of(
            "Content-Security-Policy", "default-src 'self'",
            "Strict-Transport-Security", "max-age=31536000",
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "deny"),
        config.headers());
    assertEquals(Map.of("grafana", HASH), config.users());
    assertEquals(Optional.of(new RequestRate(Duration.ofMillis(100), 20)), config.rate());
    assertEquals(
        List.of("http_server_config.http2 is true, but HTTP/2 is not served; clients use HTTP/1.1"),
        config.notes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "http_server_config:\n  http2: false\n"})
  void anEmptyFileAsksForNothing(String yaml) {
    WebConfig config = parse(yaml);

    assertEquals(Optional.empty(), config.tls());
    assertEquals(Map.of(), config.headers());
    assertEquals(Map.of(), config.users());
    assertEquals(List.of(), config.notes());
  }

  @Test
  void versionsAreOneDotTwoAndOneDotThreeUnlessGiven() {
    assertEquals(List.of("TLSv1.2", "TLSv1.3"), tls("").protocols());
    assertEquals(List.of("TLSv1.3"), tls("  min_version: TLS13\n").protocols());
    assertEquals(List.of("TLSv1.2", "TLSv1.3"), tls("  min_version: TLS10\n").protocols());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NoClientCert",
        "RequestClientCert",
        "RequireAnyClientCert",
        "RequireClientCert",
        "VerifyClientCertIfGiven",
        "RequireAndVerifyClientCert"
      })
  void thePoliciesOfGoAreKnown(String name) {
    ClientAuth auth = tls("  client_auth_type: " + name + "\n").clientAuth();

    assertEquals(name.contains("Verify"), auth.verifies());
    assertEquals(name.startsWith("Require"), auth.requires());
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of("unknown key \"nonsense\" in line 1", "nonsense: 1\n"),
        Arguments.of(
            "unknown key \"tls_server_config.cert_fil\" in line 2",
            "tls_server_config:\n  cert_fil: x\n"),
        Arguments.of(
            "unknown key \"http_server_config.http3\"", "http_server_config:\n  http3: true\n"),
        Arguments.of("rate_limit.burst\" is 0", "rate_limit:\n  interval: 1s\n"),
        Arguments.of("rate_limit.interval\" in line 2", "rate_limit:\n  interval: often\n"),
        Arguments.of("it is no YAML", "a: [\n"),
        Arguments.of(
            "\"tls_server_config.key_file\" or \"tls_server_config.key\" is missing",
            "tls_server_config:\n  cert_file: x\n"),
        Arguments.of(
            "\"tls_server_config.cert_file\" or \"tls_server_config.cert\" is missing",
            "tls_server_config:\n  key_file: x\n"),
        Arguments.of(
            "\"tls_server_config.cert\" and \"cert_file\" are both given",
            "tls_server_config:\n  cert: x\n  " + KEYS),
        tlsWrong("client_auth_type\" is \"Always\", expected one of", "client_auth_type: Always"),
        tlsWrong("asks for no certificates, but client_ca_file", "client_ca_file: ca.crt"),
        tlsWrong("asks for no certificates, but client_ca_file", "client_allowed_sans: [a]"),
        tlsWrong("min_version\" has the unknown \"TLS1.2\"", "min_version: TLS1.2"),
        tlsWrong(
            "max_version\" is TLS11, expected TLS12", "min_version: TLS10\n  max_version: TLS11"),
        tlsWrong("min_version\" is TLS13, after", "min_version: TLS13\n  max_version: TLS12"),
        tlsWrong("cipher_suites\" has the unknown \"AES\"", "cipher_suites: [AES]"),
        tlsWrong("curve_preferences\" has the unknown \"P256\"", "curve_preferences: [P256]"),
        tlsWrong(
            "prefer_server_cipher_suites\" in line 4 is not true or false",
            "prefer_server_cipher_suites: maybe"),
        header("headers.Server\" cannot be configured", "Server: x"),
        header("headers.x-frame-options\" cannot be configured", "x-frame-options: deny"),
        header("headers.X-Frame-Options\" is \"allow\", expected", "X-Frame-Options: allow"),
        header("X-Content-Type-Options\" is \"sniff\"", "X-Content-Type-Options: sniff"),
        header("is not a line of printable ASCII", "X-XSS-Protection: \"1\\r\\nSet-Cookie: a\""));
  }

  private static Arguments tlsWrong(String message, String line) {
    return Arguments.of(message, "tls_server_config:\n  " + KEYS + "  " + line + "\n");
  }

  private static Arguments header(String message, String line) {
    return Arguments.of(message, "http_server_config:\n  headers:\n    " + line + "\n");
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void aWrongFileIsRefusedWithTheKey(String message, String yaml) {
    String actual = assertThrows(IllegalArgumentException.class, () -> parse(yaml)).getMessage();

    assertTrue(actual.contains(message), actual);
  }

  @Test
  void aPlainPasswordIsRefusedAndNotRepeated() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> parse("basic_auth_users:\n  grafana: hunter2\n"))
            .getMessage();

    assertTrue(message.contains("\"basic_auth_users.grafana\" is not a bcrypt hash"), message);
    assertFalse(message.contains("hunter2"), message);
  }
}
