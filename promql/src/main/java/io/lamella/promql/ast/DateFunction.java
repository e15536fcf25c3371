package io.lamella.promql.ast;

/// The functions that take the date or time of day, in UTC, from a number of seconds since the
/// epoch. Without an argument they take it from the evaluation time.
public enum DateFunction implements Function {
  DAY_OF_MONTH(Signature.of("day_of_month", "v").variadic(1)),
  DAY_OF_WEEK(Signature.of("day_of_week", "v").variadic(1)),
  DAY_OF_YEAR(Signature.of("day_of_year", "v").variadic(1)),
  DAYS_IN_MONTH(Signature.of("days_in_month", "v").variadic(1)),
  HOUR(Signature.of("hour", "v").variadic(1)),
  MINUTE(Signature.of("minute", "v").variadic(1)),
  MONTH(Signature.of("month", "v").variadic(1)),
  YEAR(Signature.of("year", "v").variadic(1));

  private final Signature signature;

  DateFunction(Signature signature) {
    this.signature = signature;
  }

  @Override
  public Signature signature() {
    return signature;
  }
}
