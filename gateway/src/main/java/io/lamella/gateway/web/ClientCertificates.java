package io.lamella.gateway.web;

import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Which certificates of clients are accepted.
final class ClientCertificates extends X509ExtendedTrustManager {
  private static final int SAN_ADDRESS = 7;

  /// Kinds of names that are compared: e-mail, DNS, URI, IP address.
  private static final List<Integer> SAN_KINDS = List.of(1, 2, 6, SAN_ADDRESS);

  private final Optional<X509ExtendedTrustManager> verifier;
  private final List<String> allowedSans;

  /// @param verifier of the chain; empty where any certificate will do
  /// @param allowedSans of which a certificate must have one; empty for any
  ClientCertificates(Optional<X509ExtendedTrustManager> verifier, List<String> allowedSans) {
    this.verifier = verifier;
    this.allowedSans = List.copyOf(allowedSans);
  }

  private void checkNames(X509Certificate[] chain) throws CertificateException {
    if (allowedSans.isEmpty()) {
      return;
    }
    Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
    if (names != null) {
      for (List<?> name : names) {
        Integer kind = (Integer) name.get(0);
        if (SAN_KINDS.contains(kind)
            && allowedSans.stream().anyMatch(a -> same(a, kind, (String) name.get(1)))) {
          return;
        }
      }
    }
    throw new CertificateException("the client's certificate has none of the allowed names");
  }

  private static boolean same(String allowed, int kind, String name) {
    if (allowed.equals(name)) {
      return true;
    }
    if (kind != SAN_ADDRESS) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(allowed).equals(InetAddress.ofLiteral(name));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    if (verifier.isPresent()) {
      verifier.get().checkClientTrusted(chain, type, engine);
    }
    checkNames(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    if (verifier.isPresent()) {
      verifier.get().checkClientTrusted(chain, type, socket);
    }
    checkNames(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    if (verifier.isPresent()) {
      verifier.get().checkClientTrusted(chain, type);
    }
    checkNames(chain);
  }

  private static CertificateException noClient() {
    return new CertificateException("this is a server");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    throw noClient();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    throw noClient();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw noClient();
  }

  /// What clients are told to choose their certificate by; nothing where any will do.
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return verifier
        .map(X509ExtendedTrustManager::getAcceptedIssuers)
        .orElseGet(() -> new X509Certificate[0]);
  }
}
