package io.lamella.cli;

import picocli.CommandLine;

/// An address to listen on: `:9090`, `127.0.0.1:9090` or `[::1]:9090`.
record Listen(String host, int port) {
  static Listen parse(String text, CommandLine line) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon >= 0 && port >= 0 && port < 65536) {
        String host = text.substring(0, colon).replace("[", "").replace("]", "");
        return new Listen(host.isEmpty() ? "0.0.0.0" : host, port);
      }
    } catch (NumberFormatException e) {
      // Reported below, like a port out of range.
    }
    throw new CommandLine.ParameterException(
        line, "cannot listen on \"" + text + "\": expected [HOST]:PORT");
  }
}
