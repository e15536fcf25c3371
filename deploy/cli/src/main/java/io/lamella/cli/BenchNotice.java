package io.lamella.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Spec;

/// Lists `bench` among the subcommands. The launcher starts the benchmark from its own module,
/// which is not part of the distribution; without the launcher there is only this notice.
@Command(
    name = "bench",
    description =
        "Runs the benchmark: generated data, a model of an object store, checked results (./lamella bench --help).")
public final class BenchNotice implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @CommandLine.Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "cannot run the benchmark: it is not part of the distribution; use ./lamella bench "
            + String.join(" ", arguments)
            + " in a checkout");
  }
}
