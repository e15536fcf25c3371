package io.lamella.gateway.request;

import io.lamella.gateway.limits.QueryBudget.Used;
import io.lamella.gateway.log.LoggedQuery;
import io.lamella.gateway.metrics.QueryFailure;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.ActiveQuery.KilledBy;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.gateway.query.QueryRefused;
import io.lamella.gateway.trace.Span;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// One API request as it is watched: in the list of active queries, in its trace, and in the query
/// log and the metrics when it has ended. Used by the thread of the request.
public final class ObservedRequest implements AutoCloseable {
  private final Telemetry telemetry;
  private final ActiveQuery active;
  private final Span span;
  private Optional<MeasuredResult<QueryResult>> result = Optional.empty();
  private Optional<String> error = Optional.empty();

  private ObservedRequest(Telemetry telemetry, ActiveQuery active, Span span) {
    this.telemetry = telemetry;
    this.active = active;
    this.span = span;
  }

  /// What is known of a request when it arrives.
  ///
  /// @param span the name of its span
  /// @param header one of its headers by name, lower case
  public record Head(
      String span, ActiveQuery.Origin origin, Function<String, Optional<String>> header) {}

  /// Begins a request on the current thread; the same thread closes it.
  public static ObservedRequest begin(Telemetry telemetry, Head head) {
    Span span = telemetry.tracing().request(head.span(), head.header());
    return new ObservedRequest(telemetry, telemetry.active().begin(head.origin()), span);
  }

  public ActiveQuery active() {
    return active;
  }

  /// The span of the request; whoever does its work closes it.
  public Span span() {
    return span;
  }

  /// An expression is evaluated.
  public void evaluates(ActiveQuery.Expression expression) {
    active.evaluates(expression);
    span.set("query", expression.text());
    span.set("start", Instant.ofEpochMilli(expression.startMillis()).toString());
    span.set("end", Instant.ofEpochMilli(expression.endMillis()).toString());
    span.set("step_millis", expression.stepMillis());
  }

  public void evaluated(MeasuredResult<QueryResult> measured) {
    result = Optional.of(measured);
  }

  /// Who killed the request; empty where nobody did.
  public Optional<KilledBy> killed() {
    return active.killed();
  }

  /// The request failed.
  ///
  /// @param message what the client is told
  public void failed(QueryFailure reason, String message) {
    error = Optional.of(message);
    telemetry.metrics().queryFailed(active.killed().isPresent() ? QueryFailure.KILLED : reason);
  }

  /// The response could not be written to its end.
  public void disconnected() {
    error = Optional.of(active.killed().map(KilledBy::text).orElse("client disconnected"));
    telemetry
        .metrics()
        .queryFailed(active.killed().isPresent() ? QueryFailure.KILLED : QueryFailure.CANCELED);
  }

  /// The reason of a failure, for metrics.
  public QueryFailure reason(Throwable e) {
    return switch (e) {
      case QueryException q -> reason(q);
      case QueryRefused _ -> QueryFailure.REFUSED;
      case StackOverflowError _ -> QueryFailure.EXECUTION;
      default -> QueryFailure.INTERNAL;
    };
  }

  private QueryFailure reason(QueryException failure) {
    return switch (failure) {
      case QueryException.BadQuery _ -> QueryFailure.BAD_QUERY;
      case QueryException.Execution _ -> QueryFailure.EXECUTION;
      case QueryException.TooExpensive _ -> QueryFailure.TOO_EXPENSIVE;
      case QueryException.TimedOut _ ->
          active.state() == ActiveQuery.State.WAITING
              ? QueryFailure.TIMEOUT_IN_QUEUE
              : QueryFailure.TIMEOUT;
      case QueryException.Cancelled _ -> QueryFailure.CANCELED;
      case QueryException.StorageUnavailable _ -> QueryFailure.STORAGE_UNAVAILABLE;
      case QueryException.CorruptBlock _ -> QueryFailure.CORRUPT_BLOCK;
      case QueryException.Internal _ -> QueryFailure.INTERNAL;
    };
  }

  /// Logs the query, where it was one. It is active until then, so that a stop waits for its line.
  @Override
  public void close() {
    try (active) {
      active.expression().ifPresent(e -> telemetry.queryLog().accept(logged(e)));
    }
  }

  private LoggedQuery logged(ActiveQuery.Expression e) {
    Used used = active.used();
    return new LoggedQuery(
        Instant.now(),
        new LoggedQuery.Request(
            active.origin().client(),
            active.origin().method(),
            active.origin().path(),
            active.origin().tenant()),
        new LoggedQuery.Params(
            e.text(),
            Instant.ofEpochMilli(e.startMillis()),
            Instant.ofEpochMilli(e.endMillis()),
            Duration.ofMillis(e.stepMillis())),
        new LoggedQuery.Cost(
            result.map(MeasuredResult::queued).orElse(Duration.ZERO),
            result.map(MeasuredResult::ran).orElse(Duration.ZERO),
            active.age(),
            result
                .map(r -> r.value().statistics())
                .map(s -> new LoggedQuery.Samples(s.totalQueryableSamples(), s.peakSamples()))
                .orElse(LoggedQuery.Samples.NONE),
            new LoggedQuery.Fetched(used.series(), used.reads(), used.bytes())),
        error,
        span.traceId());
  }
}
