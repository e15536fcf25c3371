package io.lamella.storage.object.s3;

import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreContract;
import io.lamella.storage.object.PrefixedObjectStore;
import java.util.UUID;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// Against whatever bucket the environment names, below a prefix of its own.
@EnabledIfEnvironmentVariable(named = "LAMELLA_TEST_S3_ENDPOINT", matches = ".+")
class AnyS3ObjectStoreTest extends ObjectStoreContract {
  private static String variable(String name) {
    return System.getenv().getOrDefault("LAMELLA_TEST_S3_" + name, "");
  }

  @Override
  protected ObjectStore open() {
    S3Settings settings =
        S3ProxyObjectStoreTest.settings(
            variable("BUCKET"),
            variable("ENDPOINT"),
            variable("ACCESS_KEY"),
            variable("SECRET_KEY"));
    return new PrefixedObjectStore(
        S3ObjectStore.open(settings), "lamella-test/" + UUID.randomUUID());
  }
}
