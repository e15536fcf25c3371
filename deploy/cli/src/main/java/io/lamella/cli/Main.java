package io.lamella.cli;

import io.lamella.gateway.process.OutOfMemory;
import io.lamella.storage.BuildVersion;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line `lamella SUBCOMMAND`.
@Command(
    name = "lamella",
    mixinStandardHelpOptions = true,
    description = "A Parquet-backed gateway for historical Prometheus metrics.",
    subcommands = {
      DemoCommand.class,
      ConvertCommand.class,
      ServeCommand.class,
      QueryCommand.class,
      LsCommand.class,
      InspectCommand.class,
      VerifyCommand.class,
      RepairCommand.class,
      PromqltestCommand.class,
      BenchNotice.class
    })
public final class Main implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    Thread.setDefaultUncaughtExceptionHandler(Main::uncaught);
    System.exit(commandLine().execute(args));
  }

  private static void uncaught(Thread thread, Throwable failure) {
    OutOfMemory.endProcessIfCause(failure);
    LOG.error("thread ended by a failure thread=\"{}\"", thread.getName(), failure);
  }

  static CommandLine commandLine() {
    return commandLine(new Main());
  }

  /// A command line that reports a failure as one line on stderr, with exit code 1. With
  /// `LAMELLA_DEBUG` set it prints the stack trace as well.
  public static CommandLine commandLine(Object command) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().version("lamella " + BuildVersion.NUMBER);
    line.setExecutionExceptionHandler((e, where, _) -> {
      OutOfMemory.endProcessIfCause(e);
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
    throw new ParameterException(spec.commandLine(), "a subcommand is missing; see lamella --help");
  }
}
