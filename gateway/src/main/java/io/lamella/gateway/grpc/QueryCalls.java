package io.lamella.gateway.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.stub.StreamObserver;
import io.lamella.gateway.message.WireSamples;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.RangeSteps;
import io.lamella.gateway.wire.prometheus.TimeSeries;
import io.lamella.gateway.wire.thanos.QueryRangeRequest;
import io.lamella.gateway.wire.thanos.QueryRangeResponse;
import io.lamella.gateway.wire.thanos.QueryRequest;
import io.lamella.gateway.wire.thanos.QueryResponse;
import io.lamella.gateway.wire.thanos.QueryStats;
import io.lamella.gateway.wire.thanos.ShardInfo;
import io.lamella.gateway.wire.thanos.TimeSeriesBatch;
import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import io.lamella.promql.MatrixSeries;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import io.lamella.promql.VectorSample;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;

/// The service `thanos.Query`: expressions that a Querier hands on whole, so that it gets
/// aggregates rather than series. A plan that comes with an expression says the same and is not
/// read.
final class QueryCalls {
  /// Bytes after which a batch is sent.
  private static final int MAX_BATCH_BYTES = 1 << 20;

  private static final long MAX_SECONDS = Long.MAX_VALUE / 1000;

  private final Calls calls;
  private final InstantSource clock;

  QueryCalls(Calls calls, InstantSource clock) {
    this.calls = calls;
    this.clock = clock;
  }

  /// How the parts of a result become messages of one of the two calls.
  private record Frames<T extends MessageLite>(
      Function<TimeSeries, T> series,
      Function<TimeSeriesBatch, T> batch,
      Function<String, T> warning,
      Function<QueryStats, T> stats) {}

  private static final Frames<QueryResponse> INSTANT =
      new Frames<>(
          s -> QueryResponse.newBuilder().setTimeseries(s).build(),
          b -> QueryResponse.newBuilder().setTimeseriesBatch(b).build(),
          w -> QueryResponse.newBuilder().setWarnings(w).build(),
          s -> QueryResponse.newBuilder().setStats(s).build());

  private static final Frames<QueryRangeResponse> RANGE =
      new Frames<>(
          s -> QueryRangeResponse.newBuilder().setTimeseries(s).build(),
          b -> QueryRangeResponse.newBuilder().setTimeseriesBatch(b).build(),
          w -> QueryRangeResponse.newBuilder().setWarnings(w).build(),
          s -> QueryRangeResponse.newBuilder().setStats(s).build());

  void query(QueryRequest request, StreamObserver<QueryResponse> to) {
    calls.start(
        to,
        call -> {
          checkWhole(request.getShardInfo(), request.getStoreMatchersCount());
          long time =
              request.getTimeSeconds() == 0 ? clock.millis() : millis(request.getTimeSeconds());
          call.request().evaluates(new ActiveQuery.Expression(request.getQuery(), time, time, 0));
          call.queries()
              .instant(
                  request.getQuery(),
                  time,
                  options(
                          call.options(),
                          request.getLookbackDeltaSeconds(),
                          request.getTimeoutSeconds())
                      .withReplicaLabels(
                          request.getEnableDedup()
                              ? Set.copyOf(request.getReplicaLabelsList())
                              : Set.of()),
                  measured -> send(measured, request.getResponseBatchSize(), INSTANT, call));
        });
  }

  void queryRange(QueryRangeRequest request, StreamObserver<QueryRangeResponse> to) {
    calls.start(
        to,
        call -> {
          checkWhole(request.getShardInfo(), request.getStoreMatchersCount());
          long start = millis(request.getStartTimeSeconds());
          long end = millis(request.getEndTimeSeconds());
          long step = millis(request.getIntervalSeconds());
          if (step <= 0) {
            throw Calls.invalid(RangeSteps.NOT_POSITIVE);
          }
          if (end < start) {
            throw Calls.invalid("end timestamp must not be before start time");
          }
          TimeRange range = new TimeRange(start, end);
          RangeSteps.check(range, step);
          call.request()
              .evaluates(new ActiveQuery.Expression(request.getQuery(), start, end, step));
          call.queries()
              .range(
                  request.getQuery(),
                  range,
                  step,
                  options(
                          call.options(),
                          request.getLookbackDeltaSeconds(),
                          request.getTimeoutSeconds())
                      .withReplicaLabels(
                          request.getEnableDedup()
                              ? Set.copyOf(request.getReplicaLabelsList())
                              : Set.of()),
                  measured -> send(measured, request.getResponseBatchSize(), RANGE, call));
        });
  }

  /// A Querier asks for whole results only; who asks for a part must not take the whole for it.
  private static void checkWhole(ShardInfo shard, int storeMatchers) {
    if (shard.getTotalShards() > 1 || storeMatchers > 0) {
      throw Calls.invalid(
          "cannot evaluate a part of the series: shard_info and storeMatchers are not supported here");
    }
  }

  private static long millis(long seconds) {
    if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS) {
      throw Calls.invalid("cannot read time of " + seconds + " s: out of range");
    }
    return seconds * 1000;
  }

  /// @param lookbackSeconds and `timeoutSeconds`, 0 for the server's own
  private static QueryOptions options(
      QueryOptions base, long lookbackSeconds, long timeoutSeconds) {
    LongFunction<Optional<Duration>> duration =
        seconds -> seconds > 0 ? Optional.of(Duration.ofMillis(millis(seconds))) : Optional.empty();
    Optional<Duration> timeout = duration.apply(timeoutSeconds);
    Optional<Duration> deadline = base.limits().timeout();
    return new QueryOptions(
        new QueryLimits(
            duration.apply(lookbackSeconds),
            timeout.isPresent()
                    && deadline.isPresent()
                    && deadline.get().compareTo(timeout.get()) < 0
                ? deadline
                : timeout.or(() -> deadline)),
        base.fetchLimits(),
        base.explain(),
        base.client(),
        base.observer());
  }

  private static <T extends MessageLite> void send(
      MeasuredResult<QueryResult> measured,
      long batchSize,
      Frames<T> frames,
      Calls.RunningCall<T> call) {
    call.request().evaluated(measured);
    call.request().active().sends();
    QueryResult result = measured.value();
    result.warnings().forEach(w -> call.to().send(frames.warning().apply(w)));
    TimeSeriesBatch.Builder batch = TimeSeriesBatch.newBuilder();
    AtomicLong batchBytes = new AtomicLong();
    Consumer<TimeSeries> to =
        series -> {
          if (batchSize < 2) {
            call.to().send(frames.series().apply(series));
          } else if (batch.addSeries(series).getSeriesCount() >= batchSize
              || batchBytes.addAndGet(series.getSerializedSize()) >= MAX_BATCH_BYTES) {
            call.to().send(frames.batch().apply(batch.build()));
            batch.clear();
            batchBytes.set(0);
          }
        };
    send(result.value(), to);
    if (batch.getSeriesCount() > 0) {
      call.to().send(frames.batch().apply(batch.build()));
    }
    call.to()
        .send(
            frames
                .stats()
                .apply(
                    QueryStats.newBuilder()
                        .setSamplesTotal(result.statistics().totalQueryableSamples())
                        .setPeakSamples(result.statistics().peakSamples())
                        .build()));
  }

  private static void send(Value value, Consumer<TimeSeries> to) {
    WireLabels labels = new WireLabels();
    switch (value) {
      case Value.Scalar s -> {
        TimeSeries.Builder series = TimeSeries.newBuilder();
        WireSamples.addResult(series, s.timeMillis(), s.value(), null);
        to.accept(series.build());
      }
      case Value.Text _ ->
          throw Calls.invalid("cannot send a string: the protocol has numbers only");
      case Value.Vector v -> {
        for (VectorSample s : v.samples()) {
          TimeSeries.Builder series = series(labels, s.labels());
          WireSamples.addResult(series, s.timeMillis(), s.value(), s.histogram());
          to.accept(series.build());
        }
      }
      case Value.Matrix m -> {
        for (MatrixSeries s : m.series()) {
          TimeSeries.Builder series = series(labels, s.labels());
          for (int i = 0; i < s.size(); i++) {
            WireSamples.addResult(series, s.times()[i], s.values()[i], s.histogramAt(i));
          }
          to.accept(series.build());
        }
      }
    }
  }

  private static TimeSeries.Builder series(WireLabels messages, Labels labels) {
    return TimeSeries.newBuilder().addAllLabels(messages.of(labels));
  }
}
