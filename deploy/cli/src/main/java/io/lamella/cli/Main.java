package io.lamella.cli;

import io.lamella.gateway.process.OutOfMemory;
import io.lamella.storage.BuildVersion;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
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
    description = "A Parquet-backed gateway for historical Prometheus metrics.")
public final class Main implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private static final Map<String, Supplier<Object>> SUBCOMMANDS = new LinkedHashMap<>();

  static {
    SUBCOMMANDS.put("demo", DemoCommand::new);
    SUBCOMMANDS.put("convert", ConvertCommand::new);
    SUBCOMMANDS.put("serve", ServeCommand::new);
    SUBCOMMANDS.put("query", QueryCommand::new);
    SUBCOMMANDS.put("backtest", BacktestCommand::new);
    SUBCOMMANDS.put("ls", LsCommand::new);
    SUBCOMMANDS.put("inspect", InspectCommand::new);
    SUBCOMMANDS.put("verify", VerifyCommand::new);
    SUBCOMMANDS.put("repair", RepairCommand::new);
    SUBCOMMANDS.put("promqltest", PromqltestCommand::new);
    SUBCOMMANDS.put("bench", BenchNotice::new);
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    Thread.setDefaultUncaughtExceptionHandler(Main::uncaught);
    System.exit(commandLine(args).execute(args));
  }

  private static void uncaught(Thread thread, Throwable failure) {
    OutOfMemory.endProcessIfCause(failure);
    LOG.error("thread ended by a failure thread=\"{}\"", thread.getName(), failure);
  }

  /// The command line for these arguments. picocli reads all flags of a subcommand by reflection,
  /// which delays every start, so only the one that is asked for is described; all of them where it
  /// is none.
  static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new Main());
    String asked = args.length == 0 ? "" : args[0];
    SUBCOMMANDS.forEach((name, command) -> {
      if (name.equals(asked) || !SUBCOMMANDS.containsKey(asked)) {
        line.addSubcommand(name, command.get());
      }
    });
    return reporting(line);
  }

  /// The command line of a command of its own, which reports failures as Lamella's do.
  public static CommandLine commandLine(Object command) {
    return reporting(new CommandLine(command));
  }

  /// Reports a failure as one line on stderr, with exit code 1. With `LAMELLA_DEBUG` set it prints
  /// the stack trace as well.
  private static CommandLine reporting(CommandLine line) {
    line.getCommandSpec().version("lamella " + BuildVersion.NUMBER);
    line.setExecutionExceptionHandler((e, where, _) -> {
      OutOfMemory.endProcessIfCause(e);
      PrintWriter err = where.getErr();
      err.println(
          "lamella "
              + where.getCommandName()
              + ": "
              + TerminalText.lines(e.getMessage() == null ? e.toString() : e.getMessage()));
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
