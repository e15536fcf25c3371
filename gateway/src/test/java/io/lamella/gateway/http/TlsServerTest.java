package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.web.Certificates;
import io.lamella.gateway.web.WebConfigFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// HTTP with TLS as a web configuration file asks for it, and real clients.
@Timeout(120)
class TlsServerTest {
  private static final String SERVER = "cert_file: server.pem\n  key_file: server.key\n";
  private static final String CLIENTS =
      SERVER + "  client_auth_type: %s\n  client_ca_file: ca.pem\n";

  @TempDir static Path directory;
  private static Certificates certificates;

  @TempDir Path own;

  @BeforeAll
  static void sign() throws Exception {
    certificates = new Certificates(directory);
    certificates.authority("ca");
    certificates.authority("other");
    certificates.signed("server", "ca");
    certificates.signed("next", "ca");
    certificates.signedRsa("rsa", "ca");
    certificates.signed("client", "ca");
    certificates.signed("stranger", "other");
  }

  /// A server with a configuration of its own.
  private static final class Served implements AutoCloseable {
    final WebConfigFile config;
    final ApiServer server;

    Served(Path file) throws IOException {
      config = WebConfigFile.open(file);
      server =
          EmptySource.serve(
              ApiServer.HttpOptions.LOCAL.withWeb(WebOptions.DEFAULT.withConfig(config)));
    }

    @Override
    public void close() {
      server.close();
      config.close();
    }

    HttpResponse<String> get(SSLContext context, String path) throws Exception {
      return get(context, path, new SSLParameters());
    }

    HttpResponse<String> get(SSLContext context, String path, SSLParameters parameters)
        throws Exception {
      try (HttpClient client =
          HttpClient.newBuilder().sslContext(context).sslParameters(parameters).build()) {
        return client.send(
            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path)).build(),
            BodyHandlers.ofString());
      }
    }
  }

  private static Path config(String tls) throws IOException {
    return Files.writeString(
        Files.createTempFile(directory, "web", ".yml"), "tls_server_config:\n  " + tls);
  }

  private static SSLContext client(String... own) throws Exception {
    return certificates.client("ca", own.length == 0 ? Optional.empty() : Optional.of(own[0]));
  }

  private static void assertAnswered(Served served, String... own) throws Exception {
    HttpResponse<String> response = served.get(client(own), "/api/v1/query?query=vector(1)");
    assertEquals(200, response.statusCode());
    assertTrue(response.body().startsWith("{\"status\":\"success\""), response.body());
  }

  /// Without a certificate, or with one that is not accepted, the handshake fails.
  private static void assertRefused(Served served, String... own) {
    assertThrows(IOException.class, () -> served.get(client(own), "/-/healthy"));
  }

  @Test
  void aClientThatTrustsTheAuthorityIsAnswered() throws Exception {
    try (Served served = new Served(config(SERVER))) {
      assertAnswered(served);
      assertEquals(404, served.get(client(), "/api/v1/nonsense").statusCode());
    }
  }

  @Test
  void aClientInPlainTextIsNot() throws Exception {
    try (Served served = new Served(config(SERVER));
        HttpClient plain = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + served.server.port() + "/-/healthy");
      assertThrows(
          IOException.class,
          () -> plain.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()));
    }
  }

  @Test
  void anRsaKeyServesAsWell() throws Exception {
    try (Served served = new Served(config("cert_file: rsa.pem\n  key_file: rsa.key\n"))) {
      assertAnswered(served);
    }
  }

  @Test
  void keysMayStandInTheFileItself() throws Exception {
    String indent = "\n    ";
    String tls =
        "cert: |"
            + indent
            + Files.readString(directory.resolve("server.pem")).strip().replace("\n", indent)
            + "\n  key: |"
            + indent
            + Files.readString(directory.resolve("server.key")).strip().replace("\n", indent)
            + "\n";
    try (Served served = new Served(config(tls))) {
      assertAnswered(served);
    }
  }

  @Test
  void versionsOutsideOfTheRangeAreRefused() throws Exception {
    SSLParameters old = new SSLParameters();
    old.setProtocols(new String[] {"TLSv1.2"});
    try (Served served = new Served(config(SERVER));
        Served newest = new Served(config(SERVER + "  min_version: TLS13\n"))) {
      assertEquals(
          "TLSv1.2",
          served.get(client(), "/-/healthy", old).sslSession().orElseThrow().getProtocol());
      assertThrows(IOException.class, () -> newest.get(client(), "/-/healthy", old));
      assertAnswered(newest);
    }
  }

  @Test
  void onlyConfiguredCipherSuitesAreSpoken() throws Exception {
    SSLParameters old = new SSLParameters();
    old.setProtocols(new String[] {"TLSv1.2"});
    String suite = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
    try (Served served = new Served(config(SERVER + "  cipher_suites: [" + suite + "]\n"))) {
      assertEquals(
          suite,
          served.get(client(), "/-/healthy", old).sslSession().orElseThrow().getCipherSuite());
    }
  }

  @Test
  void verifiedCertificatesAreRequired() throws Exception {
    try (Served served = new Served(config(CLIENTS.formatted("RequireAndVerifyClientCert")))) {
      assertAnswered(served, "client");
      assertRefused(served);
      assertRefused(served, "stranger");
    }
  }

  @Test
  void givenCertificatesAreVerified() throws Exception {
    try (Served served = new Served(config(CLIENTS.formatted("VerifyClientCertIfGiven")))) {
      assertAnswered(served, "client");
      assertAnswered(served);
    }
  }

  @Test
  void anyCertificateWillDoWhereNoneIsVerified() throws Exception {
    try (Served required =
            new Served(config(SERVER + "  client_auth_type: RequireAnyClientCert\n"));
        Served requested = new Served(config(SERVER + "  client_auth_type: RequestClientCert\n"))) {
      assertAnswered(required, "client");
      assertAnswered(required, "stranger");
      assertRefused(required);
      assertAnswered(requested);
      assertAnswered(requested, "stranger");
    }
  }

  @Test
  void aCertificateNeedsAnAllowedName() throws Exception {
    String verified = CLIENTS.formatted("RequireAndVerifyClientCert") + "  client_allowed_sans: ";
    try (Served allowed = new Served(config(verified + "[127.0.0.1]\n"));
        Served others = new Served(config(verified + "[grafana.example]\n"))) {
      assertAnswered(allowed, "client");
      assertRefused(others, "client");
    }
  }

  private static String serial(Served served) throws Exception {
    return ((X509Certificate)
            served.get(client(), "/-/healthy").sslSession().orElseThrow().getPeerCertificates()[0])
        .getSerialNumber()
        .toString();
  }

  private void copy(String from, String to) throws IOException {
    Path target = own.resolve(to);
    Path fresh = own.resolve(to + ".new");
    Files.copy(directory.resolve(from), fresh);
    Files.move(
        fresh,
        target,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aChangedCertificateHoldsWithoutARestart() throws Exception {
    copy("server.pem", "server.pem");
    copy("server.key", "server.key");
    Path file = Files.writeString(own.resolve("web.yml"), "tls_server_config:\n  " + SERVER);
    try (Served served = new Served(file)) {
      String before = serial(served);

      copy("next.pem", "server.pem");
      // The key does not belong to the certificate yet, so the old ones stay.
      assertEquals(before, serial(served));
      copy("next.key", "server.key");

      ServedSource.await(() -> {
        try {
          return !serial(served).equals(before);
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      });
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsRefusedAtTheStart() throws Exception {
    Path file = config("cert_file: server.pem\n  key_file: next.key\n");

    String message = assertThrows(IOException.class, () -> WebConfigFile.open(file)).getMessage();

    assertTrue(
        message.contains("cannot use key_file: it is the key of another certificate"), message);
    assertTrue(message.endsWith("[" + file + "]"), message);
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    Path file = config("cert_file: nowhere.pem\n  key_file: next.key\n");

    String message = assertThrows(IOException.class, () -> WebConfigFile.open(file)).getMessage();

    assertTrue(message.contains("cannot read cert_file: "), message);
    assertTrue(message.contains("nowhere.pem"), message);
  }
}
