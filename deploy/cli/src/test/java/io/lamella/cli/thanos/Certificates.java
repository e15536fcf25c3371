package io.lamella.cli.thanos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Certificates that the JDK's `keytool` makes.
final class Certificates {
  private static final String PASSWORD = "password";
  private final Path directory;

  Certificates(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  /// A PEM certificate and its PEM private key (PKCS #8).
  record Pair(Path certificate, Path key) {}

  /// An authority that signs itself.
  Pair authority(String name) throws Exception {
    generate(name, List.of("-ext", "bc:c"));
    return export(name);
  }

  /// A certificate for 127.0.0.1 that an authority signed.
  Pair signed(String name, String authority) throws Exception {
    generate(name, List.of());
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

  private void generate(String name, List<String> more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name));
    arguments.addAll(more);
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

  private Pair export(String name) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store(name))) {
      store.load(in, PASSWORD.toCharArray());
    }
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
