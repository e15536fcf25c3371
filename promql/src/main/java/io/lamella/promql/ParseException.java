package io.lamella.promql;

import java.io.Serial;

/// A query that cannot be parsed. The message reads `LINE:COLUMN: parse error: MESSAGE`, columns
/// counting bytes from 1.
public final class ParseException extends QueryException.BadQuery {
  @Serial private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;
  private final String error;

  ParseException(int line, int column, String error) {
    super((line == 0 ? "unknown position" : line + ":" + column) + ": parse error: " + error);
    this.line = line;
    this.column = column;
    this.error = error;
  }

  /// The line from 1; 0 where there is no text.
  public int line() {
    return line;
  }

  /// The column in bytes from 1; 0 where there is no text.
  public int column() {
    return column;
  }

  /// The message without position and prefix.
  public String error() {
    return error;
  }
}
