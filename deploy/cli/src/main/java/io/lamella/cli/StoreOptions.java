package io.lamella.cli;

import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import java.io.IOException;
import picocli.CommandLine.Option;

/// Where published blocks are: the same flag wherever a gateway is opened.
public final class StoreOptions {
  @Option(
      names = {"--store", "--objstore.config", "--objstore.config-file"},
      paramLabel = "DIR|FILE|YAML",
      description =
          "Where published blocks are: a directory, a file with Thanos' objstore YAML (type, config, prefix), or that YAML itself.")
  private String store = "";

  public boolean isGiven() {
    return !store.isEmpty();
  }

  public ObjectStore open() throws IOException {
    return ObjectStores.open(store);
  }
}
