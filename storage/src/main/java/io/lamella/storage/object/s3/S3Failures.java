package io.lamella.storage.object.s3;

import io.lamella.storage.object.ObjectStoreException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/// Maps exceptions of the SDK to those of the object store interface.
final class S3Failures {
  private S3Failures() {}

  static ObjectStoreException of(String what, String object, String store, SdkException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof ObjectStoreException o) {
        return o;
      }
    }
    String text =
        "cannot " + what + " object " + object + ": " + reason(e) + " [store=" + store + "]";
    if (e instanceof AwsServiceException s) {
      int status = s.statusCode();
      return switch (status) {
        case 404 -> new ObjectStoreException.NotFound(text, e);
        // 416: a range of the expected size lies outside the object, so it is shorter now.
        case 412, 409, 416 -> new ObjectStoreException.Changed(text, e);
        case 401, 403 -> new ObjectStoreException.Denied(text, e);
        case 408, 429 -> new ObjectStoreException.Unavailable(text, e, retryAfter(s));
        default ->
            status >= 500 || status < 300
                ? new ObjectStoreException.Unavailable(text, e, retryAfter(s))
                : new ObjectStoreException.Refused(text, e);
      };
    }
    boolean noCredentials = String.valueOf(e.getMessage()).contains("Unable to load credentials");
    return noCredentials
        ? new ObjectStoreException.Denied(text, e)
        : new ObjectStoreException.Unavailable(text, e);
  }

  /// A request that was cut off because no byte came.
  static ObjectStoreException stalled(
      String what, String object, String store, StallTimeout.StalledException e) {
    return new ObjectStoreException.Unavailable(
        "cannot " + what + " object " + object + ": " + e.getMessage() + " [store=" + store + "]",
        e);
  }

  /// A request whose thread was interrupted; the thread stays interrupted.
  static ObjectStoreException interrupted(
      String what, String object, String store, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ObjectStoreException.Unavailable(
        "cannot " + what + " object " + object + ": interrupted [store=" + store + "]", e);
  }

  /// True where the request may have taken effect although there was no valid response.
  static boolean mayHaveArrived(SdkException e) {
    return e instanceof SdkClientException
        || e instanceof AwsServiceException s && s.statusCode() >= 500 && s.statusCode() != 503;
  }

  /// True where another write to the same object was in progress.
  static boolean isConflict(SdkException e) {
    return e instanceof AwsServiceException s && s.statusCode() == 409;
  }

  private static String reason(SdkException e) {
    if (e instanceof AwsServiceException s) {
      AwsErrorDetails details = s.awsErrorDetails();
      String code = details == null || details.errorCode() == null ? "" : " " + details.errorCode();
      String status = "status " + s.statusCode() + code;
      return s.statusCode() / 100 == 3
          ? status
              + ": redirects are not followed, this one leads to "
              + header(s, "Location").flatMap(S3Failures::host).orElse("an unknown host")
              + "; give the bucket's own endpoint and region"
          : status;
    }
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root);
  }

  private static Optional<String> header(AwsServiceException s, String name) {
    return Optional.ofNullable(s.awsErrorDetails())
        .map(AwsErrorDetails::sdkHttpResponse)
        .flatMap(r -> r.firstMatchingHeader(name));
  }

  private static Optional<String> host(String location) {
    try {
      return Optional.ofNullable(new URI(location).getAuthority());
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static @Nullable Duration retryAfter(AwsServiceException s) {
    return header(s, "Retry-After").flatMap(S3Failures::duration).orElse(null);
  }

  /// Parses `Retry-After`: seconds or a date (RFC 9110, 10.2.3); empty for other text.
  private static Optional<Duration> duration(String retryAfter) {
    if (retryAfter.matches("\\d{1,6}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(retryAfter)));
    }
    try {
      Instant then = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(retryAfter));
      Duration until = Duration.between(Instant.now(), then);
      return Optional.of(until.isNegative() ? Duration.ZERO : until);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
