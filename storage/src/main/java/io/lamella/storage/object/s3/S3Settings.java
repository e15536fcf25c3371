package io.lamella.storage.object.s3;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The connection to a bucket; the members are those of Thanos' S3 configuration.
///
/// @param endpoint host and port without scheme, empty for AWS itself
/// @param region empty for the environment's, or `us-east-1` where an endpoint is given; R2 takes
///   `auto`
/// @param insecure true for plain HTTP
/// @param partBytes files beyond this are uploaded in parts of this size
public record S3Settings(
    String bucket,
    String endpoint,
    String region,
    boolean insecure,
    Lookup lookup,
    Keys keys,
    Http http,
    long partBytes) {
  public static final long DEFAULT_PART_BYTES = 64L << 20;
  private static final long MIN_PART_BYTES = 5L << 20;

  /// How a bucket is addressed.
  public enum Lookup {
    AUTO,
    PATH,
    VIRTUAL_HOSTED
  }

  /// Credentials; empty ones are read from the environment, the profile or web identity.
  ///
  /// @param sdkChain true to read those even where keys are given
  public record Keys(String access, String secret, String token, boolean sdkChain) {
    /// Shows no secret.
    @Override
    public String toString() {
      return "Keys[access=" + (access.isEmpty() ? "none" : "given") + "]";
    }
  }

  /// @param responseTimeout maximum wait for bytes of a response
  /// @param maxConnections maximum number of open connections
  public record Http(
      Duration idleTimeout,
      Duration responseTimeout,
      Duration connectTimeout,
      int maxConnections,
      Tls tls) {
    /// Far beyond the slowest first byte of a store in order, far within a query's deadline.
    private static final Duration STALL_OF_READS = Duration.ofSeconds(2);

    /// A page of a listing takes longer until its first byte.
    private static final Duration STALL_OF_LISTINGS = Duration.ofSeconds(4);

    public static final Http DEFAULT =
        new Http(
            Duration.ofSeconds(90),
            Duration.ofMinutes(2),
            Duration.ofSeconds(10),
            256,
            Tls.DEFAULT);

    /// How long a read may receive no byte before it is cut off.
    Duration stallOfReads() {
      return shorter(STALL_OF_READS);
    }

    /// How long a listing may receive no byte before it is cut off.
    Duration stallOfListings() {
      return shorter(STALL_OF_LISTINGS);
    }

    private Duration shorter(Duration d) {
      return d.compareTo(responseTimeout) < 0 ? d : responseTimeout;
    }
  }

  /// @param caFile PEM certificates to trust instead of the system's
  /// @param skipVerify true to trust every certificate
  public record Tls(
      Optional<Path> caFile,
      Optional<Path> certFile,
      Optional<Path> keyFile,
      String serverName,
      boolean skipVerify) {
    public static final Tls DEFAULT =
        new Tls(Optional.empty(), Optional.empty(), Optional.empty(), "", false);
  }

  public S3Settings {
    if (partBytes < MIN_PART_BYTES) {
      throw new IllegalArgumentException(
          "part_size is " + partBytes + ", expected at least " + MIN_PART_BYTES);
    }
    if (keys.access().isEmpty() != keys.secret().isEmpty()) {
      throw new IllegalArgumentException(
          "access_key and secret_key go together, one of them is missing");
    }
    if (endpoint.contains("://")) {
      throw new IllegalArgumentException(
          "endpoint has a scheme, expected host:port; insecure: true means http");
    }
  }
}
