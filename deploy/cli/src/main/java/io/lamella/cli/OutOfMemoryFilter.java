package io.lamella.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.lamella.gateway.process.OutOfMemory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/// Ends the process when an [OutOfMemoryError] is logged. Libraries such as Jetty and the AWS SDK
/// catch whatever their threads throw, log it and go on; this is where we see it.
public final class OutOfMemoryFilter extends TurboFilter {
  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] parameters,
      @Nullable Throwable thrown) {
    if (thrown != null) {
      OutOfMemory.endProcessIfCause(thrown);
    } else if (parameters != null
        && parameters.length > 0
        && parameters[parameters.length - 1] instanceof Throwable last) {
      OutOfMemory.endProcessIfCause(last);
    }
    return FilterReply.NEUTRAL;
  }
}
