package io.lamella.gateway.web;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// The server's side of TLS, ready to serve. Thread-safe.
final class ServerTls {
  private final SSLContext context;
  private final TlsConfig config;

  private ServerTls(SSLContext context, TlsConfig config) {
    this.context = context;
    this.config = config;
  }

  /// The texts of the files of a configuration.
  ///
  /// @param clientCa empty where there is none
  record Pems(String certificate, String key, String clientCa) {}

  /// @throws IllegalArgumentException where a certificate or key is none, or they do not belong
  ///   together
  static ServerTls of(TlsConfig config, Pems pems) {
    List<X509Certificate> chain =
        read(config.certificate(), () -> PemText.certificates(pems.certificate()));
    PrivateKey key = read(config.key(), () -> PemText.key(pems.key(), chain.getFirst()));
    Optional<List<X509Certificate>> authorities =
        config.clientCa().map(ca -> read(ca, () -> PemText.certificates(pems.clientCa())));
    try {
      Optional<X509ExtendedTrustManager> verifier =
          config.clientAuth().verifies() ? Optional.of(verifier(authorities)) : Optional.empty();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys(chain, key).getKeyManagers(),
          new TrustManager[] {new ClientCertificates(verifier, config.clientAllowedSans())},
          null);
      return new ServerTls(context, config);
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalArgumentException("cannot set up TLS: " + e.getMessage(), e);
    }
  }

  @FunctionalInterface
  private interface PemReader<T> {
    T read() throws GeneralSecurityException;
  }

  private static <T> T read(PemSource source, PemReader<T> reader) {
    try {
      return reader.read();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "cannot use "
              + source.what()
              + ": "
              + e.getMessage()
              + source.file().map(f -> " [" + f + "]").orElse(""),
          e);
    }
  }

  private static KeyManagerFactory keys(List<X509Certificate> chain, PrivateKey key)
      throws GeneralSecurityException, java.io.IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("server", key, new char[0], chain.toArray(X509Certificate[]::new));
    KeyManagerFactory out = KeyManagerFactory.getInstance("PKIX");
    out.init(store, new char[0]);
    return out;
  }

  /// @param authorities empty for those that the JDK trusts
  private static X509ExtendedTrustManager verifier(Optional<List<X509Certificate>> authorities)
      throws GeneralSecurityException, java.io.IOException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    if (authorities.isEmpty()) {
      factory.init((KeyStore) null);
    } else {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (X509Certificate c : authorities.get()) {
        store.setCertificateEntry("ca" + store.size(), c);
      }
      factory.init(store);
    }
    for (TrustManager t : factory.getTrustManagers()) {
      if (t instanceof X509ExtendedTrustManager x) {
        return x;
      }
    }
    throw new GeneralSecurityException("the JDK verifies no X.509 certificates");
  }

  /// The engine of a new connection.
  SSLEngine engine() {
    SSLEngine out = context.createSSLEngine();
    out.setUseClientMode(false);
    SSLParameters p = out.getSSLParameters();
    p.setProtocols(config.protocols().toArray(String[]::new));
    p.setCipherSuites(config.cipherSuites().toArray(String[]::new));
    p.setUseCipherSuitesOrder(true);
    if (!config.groups().isEmpty()) {
      p.setNamedGroups(config.groups().toArray(String[]::new));
    }
    if (config.clientAuth().requires()) {
      p.setNeedClientAuth(true);
    } else if (config.clientAuth() != ClientAuth.NONE) {
      p.setWantClientAuth(true);
    }
    out.setSSLParameters(p);
    return out;
  }
}
