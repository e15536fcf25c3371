package io.lamella.gateway.web;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads certificates and keys as PEM.
final class PemText {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  private PemText() {}

  /// All certificates of a text, in its order; at least one.
  static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> out = new ArrayList<>();
    Matcher m = BLOCK.matcher(pem);
    while (m.find()) {
      if (m.group(1).equals("CERTIFICATE")) {
        out.add(
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(decode(m.group(2)))));
      }
    }
    if (out.isEmpty()) {
      throw new CertificateException("there is no PEM block CERTIFICATE");
    }
    return out;
  }

  /// The private key of a certificate.
  ///
  /// @throws GeneralSecurityException where there is none, or it is that of another certificate
  static PrivateKey key(String pem, X509Certificate certificate) throws GeneralSecurityException {
    PublicKey own = certificate.getPublicKey();
    Matcher m = BLOCK.matcher(pem);
    while (m.find()) {
      switch (m.group(1)) {
        case "PRIVATE KEY" -> {
          return key(decode(m.group(2)), own);
        }
        // PKCS #1 and SEC 1.
        case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> {
          return key(Pkcs8.of(decode(m.group(2)), own), own);
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new GeneralSecurityException(
                "it is encrypted; decrypt it by openssl pkcs8 -topk8 -nodes");
        default -> {}
      }
    }
    throw new GeneralSecurityException("there is no PEM block PRIVATE KEY");
  }

  private static PrivateKey key(byte[] pkcs8, PublicKey own) throws GeneralSecurityException {
    PrivateKey key =
        KeyFactory.getInstance(own.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    if (!fits(key, own)) {
      throw new GeneralSecurityException("it is the key of another certificate");
    }
    return key;
  }

  private static byte[] decode(String base64) throws CertificateException {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new CertificateException("it is no base64", e);
    }
  }

  private static boolean fits(PrivateKey key, PublicKey own) throws GeneralSecurityException {
    Signature signature =
        Signature.getInstance(
            switch (own.getAlgorithm()) {
              case "RSA" -> "SHA256withRSA";
              case "EC" -> "SHA256withECDSA";
              default -> own.getAlgorithm();
            });
    byte[] anything = {1};
    signature.initSign(key);
    signature.update(anything);
    byte[] signed = signature.sign();
    signature.initVerify(own);
    signature.update(anything);
    return signature.verify(signed);
  }
}
