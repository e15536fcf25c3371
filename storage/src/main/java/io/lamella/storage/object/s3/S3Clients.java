package io.lamella.storage.object.s3;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.utils.AttributeMap;

/// Builds the SDK's client: checksums only where the protocol requires them, no chunked signing, no
/// retries by the SDK.
final class S3Clients {
  private S3Clients() {}

  /// @param connections counts the connections that are opened
  static S3Client open(S3Settings s, LongAdder connections) {
    boolean path =
        switch (s.lookup()) {
          case PATH -> true;
          case VIRTUAL_HOSTED -> false;
          case AUTO -> !s.endpoint().isEmpty() && !s.endpoint().endsWith(".amazonaws.com");
        };
    S3ClientBuilder b =
        S3Client.builder()
            .httpClient(httpClient(s.http(), connections))
            .credentialsProvider(credentials(s.keys()))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(
                S3Configuration.builder()
                    .pathStyleAccessEnabled(path)
                    .chunkedEncodingEnabled(false)
                    .build())
            .overrideConfiguration(c ->
                c.retryStrategy(r -> r.maxAttempts(1))
                    .addExecutionInterceptor(new BoundedResponses())
                    .apiCallAttemptTimeout(s.http().responseTimeout().multipliedBy(5)));
    if (!s.endpoint().isEmpty()) {
      b.endpointOverride(URI.create((s.insecure() ? "http://" : "https://") + s.endpoint()));
    }
    if (!s.region().isEmpty()) {
      b.region(Region.of(s.region()));
    } else if (!s.endpoint().isEmpty()) {
      b.region(Region.US_EAST_1);
    }
    return b.build();
  }

  private static AwsCredentialsProvider credentials(S3Settings.Keys k) {
    if (!k.access().isEmpty() && !k.sdkChain()) {
      return StaticCredentialsProvider.create(
          k.token().isEmpty()
              ? AwsBasicCredentials.create(k.access(), k.secret())
              : AwsSessionCredentials.create(k.access(), k.secret(), k.token()));
    }
    if (k.access().equals("anonymous")) {
      return AnonymousCredentialsProvider.create();
    }
    return DefaultCredentialsProvider.builder().build();
  }

  private static software.amazon.awssdk.http.SdkHttpClient httpClient(
      S3Settings.Http h, LongAdder connections) {
    Apache5HttpClient.Builder b =
        Apache5HttpClient.builder()
            .maxConnections(h.maxConnections())
            .connectionTimeout(h.connectTimeout())
            // Longer than that of stalled reads, whose error says what was read and how long.
            .socketTimeout(h.responseTimeout().plusSeconds(1))
            .connectionMaxIdleTime(h.idleTimeout())
            // The client resolves the host once for each connection that it opens.
            .dnsResolver(
                new SystemDefaultDnsResolver() {
                  @Override
                  public InetAddress[] resolve(String host) throws UnknownHostException {
                    connections.increment();
                    return super.resolve(host);
                  }
                })
            .tcpKeepAlive(true);
    AttributeMap.Builder attributes = AttributeMap.builder();
    try {
      h.tls().caFile().ifPresent(f -> b.tlsTrustManagersProvider(() -> trust(f)));
      if (h.tls().certFile().isPresent() && h.tls().keyFile().isPresent()) {
        KeyManager[] keys = keys(h.tls().certFile().get(), h.tls().keyFile().get());
        b.tlsKeyManagersProvider(() -> keys);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "cannot use the client certificate of http_config.tls_config: " + e, e);
    }
    if (h.tls().skipVerify()) {
      attributes.put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true);
    }
    return b.buildWithDefaults(attributes.build());
  }

  private static TrustManager[] trust(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int n = 0;
      for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca" + n++, c);
      }
      TrustManagerFactory f =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      f.init(store);
      return f.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot use the certificates in " + file + ": " + e, e);
    }
  }

  private static KeyManager[] keys(Path certificates, Path key)
      throws IOException, GeneralSecurityException {
    char[] password = {};
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    Collection<? extends Certificate> chain;
    try (InputStream in = Files.newInputStream(certificates)) {
      chain = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    String pem = Files.readString(key).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));
    String algorithm = chain.iterator().next().getPublicKey().getAlgorithm();
    PrivateKey secret = KeyFactory.getInstance(algorithm).generatePrivate(spec);
    store.setKeyEntry("client", secret, password, chain.toArray(Certificate[]::new));
    KeyManagerFactory f = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    f.init(store, password);
    return f.getKeyManagers();
  }
}
