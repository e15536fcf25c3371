package io.lamella.gateway.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Certificates that the JDK's `keytool` makes.
public final class Certificates {
  private static final String PASSWORD = "password";
  private static final List<String> EC = List.of("-keyalg", "EC", "-groupname", "secp256r1");
  private static final List<String> RSA = List.of("-keyalg", "RSA", "-keysize", "2048");
  private final Path directory;

  public Certificates(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  /// A PEM certificate and its PEM private key (PKCS #8).
  public record Pair(Path certificate, Path key) {}

  /// An authority that signs itself.
  public Pair authority(String name) throws Exception {
    generate(name, EC, "-ext", "bc:c");
    return export(name);
  }

  /// A certificate for 127.0.0.1 that an authority signed.
  public Pair signed(String name, String authority) throws Exception {
    return signed(name, authority, EC);
  }

  /// The same with an RSA key; others are of an elliptic curve.
  public Pair signedRsa(String name, String authority) throws Exception {
    return signed(name, authority, RSA);
  }

  private Pair signed(String name, String authority, List<String> key) throws Exception {
    generate(name, key);
    Path request = directory.resolve(name + ".csr");
    Path certificate = directory.resolve(name + ".crt");
    keytool(name, "-certreq", "-file", request.toString());
    keytool(
        authority,
        "-gencert",
        "-infile",
        request.toString(),
        "-outfile",
        certificate.toString(),
        "-ext",
        "san=ip:127.0.0.1");
    Pair pair = export(name);
    Files.writeString(pair.certificate(), pem("CERTIFICATE", Files.readAllBytes(certificate)));
    return pair;
  }

  /// What a client of servers of this authority needs.
  ///
  /// @param own certificate that the client shows, by the name it was signed as
  public SSLContext client(String authority, Optional<String> own) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", certificate(directory.resolve(authority + ".pem")));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    KeyStore shown = KeyStore.getInstance("PKCS12");
    shown.load(null, null);
    if (own.isPresent()) {
      shown.setKeyEntry(
          "own",
          open(own.get()).getKey(own.get(), PASSWORD.toCharArray()),
          PASSWORD.toCharArray(),
          new Certificate[] {certificate(directory.resolve(own.get() + ".pem"))});
    }
    keys.init(shown, PASSWORD.toCharArray());
    SSLContext out = SSLContext.getInstance("TLS");
    out.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return out;
  }

  private static Certificate certificate(Path pem) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(pem)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private void generate(String name, List<String> key, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-dname", "CN=" + name));
    arguments.addAll(key);
    arguments.addAll(List.of(more));
    keytool(name, arguments.toArray(String[]::new));
  }

  private void keytool(String name, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-alias", name, "-keystore", store(name).toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
  }

  private Path store(String name) {
    return directory.resolve(name + ".p12");
  }

  private KeyStore open(String name) throws IOException, GeneralSecurityException {
    KeyStore out = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store(name))) {
      out.load(in, PASSWORD.toCharArray());
    }
    return out;
  }

  private Pair export(String name) throws IOException, GeneralSecurityException {
    KeyStore store = open(name);
    Certificate certificate = store.getCertificate(name);
    byte[] key = store.getKey(name, PASSWORD.toCharArray()).getEncoded();
    return new Pair(
        Files.writeString(
            directory.resolve(name + ".pem"), pem("CERTIFICATE", certificate.getEncoded())),
        Files.writeString(directory.resolve(name + ".key"), pem("PRIVATE KEY", key)));
  }

  private static String pem(String type, byte[] content) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
        + "\n-----END "
        + type
        + "-----\n";
  }
}
