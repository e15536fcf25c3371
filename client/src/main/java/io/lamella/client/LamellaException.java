package io.lamella.client;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The gateway refuses a request, or cannot carry it out. The message is the gateway's.
public final class LamellaException extends IOException {
  private static final long serialVersionUID = 1L;

  private static final Pattern FIELD =
      Pattern.compile("([a-z_]+(?:\\[[^]]*]|\\.[^\\s:.\\[]+)*): ", Pattern.DOTALL);

  private final int status;
  private final String type;
  private final String field;

  LamellaException(int status, String type, String message) {
    super(message);
    this.status = status;
    this.type = type;
    Matcher m = FIELD.matcher(message);
    this.field = type.equals("bad_data") && m.lookingAt() ? m.group(1) : "";
  }

  /// The HTTP status; 200 where a backtest failed after its first verdicts.
  public int status() {
    return status;
  }

  /// The type of the error in Prometheus' words, such as `bad_data`, `timeout`, `canceled`.
  public String type() {
    return type;
  }

  /// The field of the request that is to blame, such as `windows[3].labels.dc_id`, where there is
  /// one.
  public Optional<String> field() {
    return field.isEmpty() ? Optional.empty() : Optional.of(field);
  }
}
