package io.lamella.gateway.web;

import io.lamella.gateway.process.ScheduledTasks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A web configuration file, which is read again when it changes, as are the certificates and keys
/// that it names. A change that cannot be used is logged, and what was read before stays. A change
/// neither turns TLS on or off nor removes the last user: a file is empty while it is written, and
/// would then let everybody in.
public final class WebConfigFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebConfigFile.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Path file;
  private final ScheduledTasks changes = new ScheduledTasks("web-config");
  private volatile Loaded current;

  /// The last failure that was logged; empty where there is none since the last good read.
  private String logged = "";

  /// What stands in the files.
  private record Content(WebConfig config, ServerTls.Pems pems) {
    static Content read(Path file) throws IOException {
      Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
      WebConfig config = WebConfig.parse(PemSource.readText(file, "it"), directory);
      if (config.tls().isEmpty()) {
        return new Content(config, new ServerTls.Pems("", "", ""));
      }
      TlsConfig tls = config.tls().get();
      String clientCa = tls.clientCa().isPresent() ? tls.clientCa().get().read() : "";
      return new Content(
          config, new ServerTls.Pems(tls.certificate().read(), tls.key().read(), clientCa));
    }
  }

  private record Loaded(Content content, Optional<ServerTls> tls) {
    static Loaded of(Content content) {
      return new Loaded(content, content.config().tls().map(t -> ServerTls.of(t, content.pems())));
    }
  }

  private WebConfigFile(Path file, Loaded first) {
    this.file = file;
    this.current = first;
  }

  /// Reads a file, and again when it changes, until this is closed.
  ///
  /// @throws IOException where it cannot be read or used
  public static WebConfigFile open(Path file) throws IOException {
    WebConfigFile out;
    try {
      out = new WebConfigFile(file, Loaded.of(Content.read(file)));
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(failure(file, e), e);
    }
    out.logNotes();
    out.changes.repeat(INTERVAL, "changes of the web configuration", out::refresh);
    return out;
  }

  private static String failure(Path file, Exception e) {
    return "cannot read the web configuration: " + e.getMessage() + " [" + file + "]";
  }

  private void logNotes() {
    config().notes().forEach(n -> LOG.warn("{} file=\"{}\"", n, file));
  }

  /// Reads what has changed.
  synchronized void refresh() {
    try {
      Content content = Content.read(file);
      if (!content.equals(current.content())) {
        Loaded next = Loaded.of(content);
        if (next.tls().isPresent() != current.tls().isPresent()) {
          throw new IllegalArgumentException("TLS is turned on and off only by a restart");
        }
        if (content.config().users().isEmpty() && !config().users().isEmpty()) {
          throw new IllegalArgumentException("the last user is removed only by a restart");
        }
        current = next;
        LOG.info("web configuration read again file=\"{}\"", file);
        logNotes();
      }
      logged = "";
    } catch (IOException | IllegalArgumentException e) {
      String failure = failure(file, e);
      if (!failure.equals(logged)) {
        LOG.error("{}; the former one stays", failure);
        logged = failure;
      }
    }
  }

  /// What holds now.
  public WebConfig config() {
    return current.content().config();
  }

  public boolean isTls() {
    return current.tls().isPresent();
  }

  /// The server's side of a new connection.
  ///
  /// @throws IllegalStateException where there is no TLS
  public SSLEngine engine() {
    return current.tls().orElseThrow(() -> new IllegalStateException("no TLS")).engine();
  }

  @Override
  public void close() {
    changes.close();
  }
}
