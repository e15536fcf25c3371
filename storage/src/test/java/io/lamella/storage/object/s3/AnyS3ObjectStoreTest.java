package io.lamella.storage.object.s3;

import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreContract;
import io.lamella.storage.object.PrefixedObjectStore;
import java.util.UUID;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// The contract with the bucket that the environment names (`LAMELLA_TEST_S3_ENDPOINT` with or
/// without scheme, `_BUCKET`, `_ACCESS_KEY`, `_SECRET_KEY`, `_REGION`), below a prefix of its own.
@EnabledIfEnvironmentVariable(named = "LAMELLA_TEST_S3_ENDPOINT", matches = ".+")
class AnyS3ObjectStoreTest extends ObjectStoreContract {
  private static String variable(String name) {
    return System.getenv().getOrDefault("LAMELLA_TEST_S3_" + name, "");
  }

  @Override
  protected ObjectStore open() {
    String endpoint = variable("ENDPOINT");
    S3Settings settings =
        new S3Settings(
            variable("BUCKET"),
            endpoint.replaceFirst("^https?://", ""),
            variable("REGION"),
            endpoint.startsWith("http://"),
            S3Settings.Lookup.AUTO,
            new S3Settings.Keys(variable("ACCESS_KEY"), variable("SECRET_KEY"), "", false),
            S3Settings.Http.DEFAULT,
            5L << 20);
    return new PrefixedObjectStore(
        S3ObjectStore.open(settings), "lamella-test/" + UUID.randomUUID());
  }
}
