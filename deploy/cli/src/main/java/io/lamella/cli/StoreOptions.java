package io.lamella.cli;

import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import io.lamella.storage.object.config.ShownStore;
import java.io.IOException;
import picocli.CommandLine.Option;

/// The flag that names the store of published blocks; shared by all subcommands that read them.
public final class StoreOptions {
  @Option(
      names = {"--store", "--objstore.config", "--objstore.config-file"},
      paramLabel = "DIR|FILE|YAML",
      description =
          "Store of the published blocks: a directory, a file with Thanos' objstore YAML (type, config, prefix), or that YAML itself.")
  private String store = "";

  public boolean isGiven() {
    return !store.isEmpty();
  }

  public ObjectStore open() throws IOException {
    return ObjectStores.open(store);
  }

  /// The configuration as YAML, without secrets.
  String shown() throws IOException {
    return ShownStore.of(store);
  }

  /// For a gateway, which retries by itself.
  ObjectStores.PlainStore openPlain() throws IOException {
    return ObjectStores.openPlain(store);
  }
}
