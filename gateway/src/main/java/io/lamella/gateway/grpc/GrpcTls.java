package io.lamella.gateway.grpc;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// TLS of the gRPC server, TLS 1.3 alone. Files are read again when they change.
///
/// @param certificate chain of the server, as PEM; `key` its private key
/// @param clientCa certificates that those of clients must be signed by; empty where clients need
///   none
public record GrpcTls(Path certificate, Path key, Optional<Path> clientCa) {
  /// The shortest interval that gRPC takes.
  private static final Duration RELOAD = Duration.ofMinutes(1);

  /// @param reload reads the files again until it is shut down
  /// @throws IOException where a file cannot be read
  SslContext context(ScheduledExecutorService reload) throws IOException {
    try {
      AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
      keys.updateIdentityCredentials(
          certificate.toFile(), key.toFile(), RELOAD.toSeconds(), TimeUnit.SECONDS, reload);
      SslContextBuilder out = SslContextBuilder.forServer(keys).protocols("TLSv1.3");
      if (clientCa.isPresent()) {
        AdvancedTlsX509TrustManager trust =
            AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(
                    AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                .build();
        trust.updateTrustCredentials(
            clientCa.get().toFile(), RELOAD.toSeconds(), TimeUnit.SECONDS, reload);
        out.trustManager(trust).clientAuth(ClientAuth.REQUIRE);
      }
      return GrpcSslContexts.configure(out).build();
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "cannot read certificate " + certificate + " or its key " + key + ": " + e.getMessage(),
          e);
    }
  }
}
