package io.lamella.gateway.trace;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/// Writes what OpenTelemetry logs, by the JDK's logging, to the gateway's log.
final class OpenTelemetryLog extends Handler {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(OtlpTracing.class);

  /// Kept, because the JDK forgets the settings of loggers that nobody refers to.
  private final Logger source = Logger.getLogger("io.opentelemetry");

  /// Installs this handler in place of others; a second call changes nothing.
  synchronized void install() {
    source.removeHandler(this);
    source.addHandler(this);
    source.setUseParentHandlers(false);
  }

  @Override
  public void publish(LogRecord entry) {
    Throwable thrown = entry.getThrown();
    String reason = thrown == null ? "" : " reason=\"" + thrown + "\"";
    if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
      LOG.warn("{}{}", entry.getMessage(), reason);
    } else {
      LOG.debug("{}{}", entry.getMessage(), reason);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
