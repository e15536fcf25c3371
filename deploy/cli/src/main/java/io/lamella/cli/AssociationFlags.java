package io.lamella.cli;

import io.lamella.gateway.association.Associations;
import io.lamella.gateway.backtest.request.AssociationsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/// The flag of associations.
final class AssociationFlags {
  @Option(
      names = "--associations.config-file",
      paramLabel = "FILE",
      description =
          "YAML file with associations: types by which /api/v1/associations and constraints of backtests look up values of labels. It is read again when it changes (default: there are none).")
  private String file = "";

  /// The associations of the file, which may change; without a file there are none.
  record OpenAssociations(Optional<AssociationsFile> file) implements AutoCloseable {
    Supplier<Associations> current() {
      return file.<Supplier<Associations>>map(f -> f).orElse(() -> Associations.NONE);
    }

    @Override
    public void close() {
      file.ifPresent(AssociationsFile::close);
    }
  }

  /// @throws IOException where the file cannot be read or used
  OpenAssociations open() throws IOException {
    return new OpenAssociations(
        file.isEmpty() ? Optional.empty() : Optional.of(AssociationsFile.open(Path.of(file))));
  }
}
