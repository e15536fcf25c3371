package io.lamella.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A backtest that a gateway carries out while its verdicts are read.
///
/// Read by one thread; any thread may close it, which cancels the backtest.
public final class RunningBacktest implements AutoCloseable {
  private static final String CANCELED = "the backtest was canceled";

  private final InputStream body;
  private final BufferedReader lines;
  private final Map<?, ?> start;
  private volatile boolean closed;

  RunningBacktest(InputStream body) throws IOException {
    this.body = body;
    this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    this.start = line();
  }

  /// SHA-256 of the request.
  public String request() throws IOException {
    return Json.text(start, "request");
  }

  /// Name and version of the gateway.
  public String engine() throws IOException {
    return Json.text(start, "engine");
  }

  /// The blocks that the result rests on, with their digests.
  public List<String> blocks() {
    return Json.texts(Json.list(start, "blocks"));
  }

  /// How many verdicts there will be.
  public long verdicts() throws IOException {
    return (long) Json.number(start, "verdicts");
  }

  /// Reads all verdicts, each as soon as it is final, on the calling thread.
  public Summary forEach(Consumer<Verdict> verdicts) throws IOException {
    return forEach(verdicts, p -> {});
  }

  /// Reads all verdicts, each as soon as it is final, on the calling thread.
  ///
  /// @param progress is told about four times a second how far the backtest is
  /// @throws LamellaException where the backtest fails
  /// @throws IOException where the connection breaks, or this is closed
  public Summary forEach(Consumer<Verdict> verdicts, Consumer<Progress> progress)
      throws IOException {
    while (true) {
      Map<?, ?> line = line();
      String type = Json.text(line, "type");
      switch (type) {
        case "verdict":
          verdicts.accept(Lines.verdict(line));
          break;
        case "progress":
          progress.accept(Lines.progress(line));
          break;
        case "error":
          throw new LamellaException(200, Json.text(line, "errorType"), Json.text(line, "error"));
        case "summary":
          return Lines.summary(line);
        default:
          // A newer gateway may send more.
          break;
      }
    }
  }

  private Map<?, ?> line() throws IOException {
    String text;
    try {
      text = lines.readLine();
    } catch (IOException e) {
      throw closed ? new IOException(CANCELED, e) : e;
    }
    if (closed) {
      // What was read may be the beginning of a line.
      throw new IOException(CANCELED);
    }
    if (text == null) {
      throw new IOException("cannot read the response: it ends without a summary");
    }
    return Json.object(text);
  }

  /// Ends the connection; the gateway cancels the backtest unless it is done.
  @Override
  public void close() throws IOException {
    closed = true;
    body.close();
  }
}
