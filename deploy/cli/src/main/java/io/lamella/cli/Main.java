package io.lamella.cli;

import io.lamella.storage.BuildVersion;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `lamella SUBCOMMAND`.
@Command(
    name = "lamella",
    mixinStandardHelpOptions = true,
    description = "A Parquet-backed gateway for historical Prometheus metrics.",
    footer = "%nThe benchmark: ./lamella bench --help",
    subcommands = {
      DemoCommand.class,
      ConvertCommand.class,
      ServeCommand.class,
      QueryCommand.class,
      LsCommand.class,
      InspectCommand.class,
      VerifyCommand.class,
      PromqltestCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return commandLine(new Main());
  }

  /// A command line whose failures are one line on stderr and exit code 1; the stack trace comes
  /// where `LAMELLA_DEBUG` is set.
  public static CommandLine commandLine(Object command) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().version("lamella " + BuildVersion.NUMBER);
    line.setExecutionExceptionHandler((e, where, _) -> {
      PrintWriter err = where.getErr();
      err.println(
          "lamella "
              + where.getCommandName()
              + ": "
              + (e.getMessage() == null ? e.toString() : e.getMessage()));
      if (System.getenv("LAMELLA_DEBUG") != null) {
        e.printStackTrace(err);
      }
      return 1;
    });
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which subcommand? see lamella --help");
  }
}
