package io.lamella.bench;

import io.lamella.bench.data.DataSet;
import io.lamella.bench.data.DataSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lamella bench gen`.
@Command(
    name = "gen",
    mixinStandardHelpOptions = true,
    description = "Generates the benchmark's TSDB blocks, a Thanos bucket on disk, in DIR/blocks.")
public final class BenchGenCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "A new or empty directory, or one that this command wrote before.")
  private String out = "";

  @Option(
      names = "--size",
      paramLabel = "NAME",
      description = "smoke, S, M or L (default ${DEFAULT-VALUE}).")
  private String size = "S";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of all data (default ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter to = spec.commandLine().getOut();
    DataSize data;
    try {
      data = DataSize.of(size);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    DataSet generated =
        DataSet.reuseOrGenerate(Path.of(out).toAbsolutePath(), data, seed, to::println);
    new TreeMap<>(generated.digests())
        .forEach((block, digest) -> to.println(digest + "  " + block));
    to.flush();
    return 0;
  }
}
