package io.lamella.gateway.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates and keys in the forms that programs write them in.
class PemTextTest {
  /// What PKCS #8 puts before the older form of an RSA key of 2,048 bits, and of a key on P-256.
  private static final int RSA_HEAD = 26;

  private static final int EC_HEAD = 28;

  @TempDir static Path directory;
  private static Certificates.Pair ec;
  private static Certificates.Pair rsa;

  @BeforeAll
  static void sign() throws Exception {
    Certificates certificates = new Certificates(directory);
    certificates.authority("ca");
    ec = certificates.signed("ec", "ca");
    rsa = certificates.signedRsa("rsa", "ca");
  }

  private static X509Certificate certificate(Certificates.Pair pair) throws Exception {
    return PemText.certificates(Files.readString(pair.certificate())).getFirst();
  }

  private static byte[] pkcs8(Certificates.Pair pair) throws Exception {
    return PemText.key(Files.readString(pair.key()), certificate(pair)).getEncoded();
  }

  private static String olderForm(String type, byte[] pkcs8, int head) {
    byte[] key = Arrays.copyOfRange(pkcs8, head, pkcs8.length);
    String base64 = Base64.getMimeEncoder().encodeToString(key);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, base64, type);
  }

  @Test
  void theOlderFormsOfKeysAreRead() throws Exception {
    assertArrayEquals(
        pkcs8(rsa),
        PemText.key(olderForm("RSA PRIVATE KEY", pkcs8(rsa), RSA_HEAD), certificate(rsa))
            .getEncoded());
    // As openssl ecparam writes it.
    String parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    assertArrayEquals(
        pkcs8(ec),
        PemText.key(parameters + olderForm("EC PRIVATE KEY", pkcs8(ec), EC_HEAD), certificate(ec))
            .getEncoded());
  }

  @Test
  void aChainIsReadInItsOrderAndWhatElseStandsThereIsNot() throws Exception {
    String text =
        "subject=CN = ec\n"
            + Files.readString(ec.certificate())
            + Files.readString(ec.key())
            + Files.readString(rsa.certificate());

    assertEquals(java.util.List.of(certificate(ec), certificate(rsa)), PemText.certificates(text));
  }

  @Test
  void whatIsNoKeyOfTheCertificateIsRefused() throws Exception {
    X509Certificate own = certificate(ec);
    assertThrows(
        GeneralSecurityException.class, () -> PemText.key(Files.readString(rsa.key()), own));
    assertThrows(
        GeneralSecurityException.class,
        () -> PemText.key(olderForm("EC PRIVATE KEY", new byte[100], EC_HEAD), own));
    assertThrows(GeneralSecurityException.class, () -> PemText.key("", own));
    String encrypted =
        assertThrows(
                GeneralSecurityException.class,
                () -> PemText.key(olderForm("ENCRYPTED PRIVATE KEY", new byte[9], 1), own))
            .getMessage();
    assertTrue(encrypted.contains("openssl pkcs8 -topk8 -nodes"), encrypted);
  }

  @Test
  void whatIsNoCertificateIsRefused() {
    for (String text : new String[] {"", "nonsense", olderForm("CERTIFICATE", new byte[100], 1)}) {
      assertThrows(GeneralSecurityException.class, () -> PemText.certificates(text));
    }
  }
}
