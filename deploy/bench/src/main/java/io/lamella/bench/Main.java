package io.lamella.bench;

/// `./lamella bench`: its arguments are those after `bench`.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(io.lamella.cli.Main.commandLine(new BenchCommand()).execute(args));
  }
}
