package io.lamella.gateway.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.stub.StreamObserver;
import io.lamella.gateway.message.WireMatchers;
import io.lamella.gateway.query.ChunkSeriesSet;
import io.lamella.gateway.query.ChunksRequest;
import io.lamella.gateway.query.ChunksRequest.BlockChoice;
import io.lamella.gateway.query.ChunksRequest.Content;
import io.lamella.gateway.query.ChunksRequest.Unreadable;
import io.lamella.gateway.query.LabelsQuery;
import io.lamella.gateway.query.SelectorTexts;
import io.lamella.gateway.wire.hints.Block;
import io.lamella.gateway.wire.hints.QueryStats;
import io.lamella.gateway.wire.hints.SeriesRequestHints;
import io.lamella.gateway.wire.hints.SeriesResponseHints;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.LabelNamesRequest;
import io.lamella.gateway.wire.thanos.LabelNamesResponse;
import io.lamella.gateway.wire.thanos.LabelValuesRequest;
import io.lamella.gateway.wire.thanos.LabelValuesResponse;
import io.lamella.gateway.wire.thanos.PartialResponseStrategy;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import io.lamella.gateway.wire.thanos.SeriesResponse;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The service `thanos.Store`.
final class StoreCalls {
  private static final String SERIES_HINTS = "hintspb.SeriesRequestHints";

  private final Calls calls;

  StoreCalls(Calls calls) {
    this.calls = calls;
  }

  void series(SeriesRequest request, StreamObserver<SeriesResponse> to) {
    calls.start(to, call -> series(request, call));
  }

  private void series(SeriesRequest request, Calls.RunningCall<SeriesResponse> call) {
    Optional<TimeRange> range = range(request.getMinTime(), request.getMaxTime());
    if (range.isEmpty()) {
      return;
    }
    if (request.getLimit() < 0) {
      throw Calls.invalid("limit " + request.getLimit() + " is negative");
    }
    Optional<SeriesRequestHints> hints = hints(request);
    call.queries()
        .chunks(
            call.options(),
            reads -> {
              try (ChunkSeriesSet found =
                  reads.open(chunks(request, range.get(), hints, reads.memory()))) {
                send(request, hints, found, call);
              }
            });
  }

  private static ChunksRequest chunks(
      SeriesRequest request,
      TimeRange range,
      Optional<SeriesRequestHints> hints,
      MemoryAccount memory) {
    boolean abort =
        request.getPartialResponseDisabled()
            || request.getPartialResponseStrategy() == PartialResponseStrategy.ABORT;
    return new ChunksRequest(
        WireMatchers.read(request.getMatchersList(), memory),
        range,
        request.getSkipChunks() ? Content.LABELS : Content.CHUNKS,
        Set.copyOf(request.getWithoutReplicaLabelsList()),
        ShardHash.of(request.getShardInfo()),
        new BlockChoice(
            WireMatchers.read(
                hints.map(SeriesRequestHints::getBlockMatchersList).orElse(List.of()), memory),
            abort ? Unreadable.FAIL : Unreadable.WARN));
  }

  private static void send(
      SeriesRequest request,
      Optional<SeriesRequestHints> hints,
      ChunkSeriesSet found,
      Calls.RunningCall<SeriesResponse> call) {
    call.request().active().sends();
    for (String warning : found.warnings()) {
      call.to().send(SeriesResponse.newBuilder().setWarning(warning).build());
    }
    SeriesFrames frames = new SeriesFrames(request.getResponseBatchSize(), call.to()::send);
    long series = 0;
    long chunks = 0;
    long bytes = 0;
    while ((request.getLimit() == 0 || series < request.getLimit()) && found.next()) {
      frames.add(found);
      series++;
      chunks += found.chunks().size();
      bytes += found.chunks().stream().mapToLong(c -> c.length()).sum();
    }
    frames.flush();
    if (hints.isPresent()) {
      SeriesResponseHints.Builder out = SeriesResponseHints.newBuilder();
      found.blocks().forEach(b -> out.addQueriedBlocks(Block.newBuilder().setId(b)));
      if (hints.get().getEnableQueryStats()) {
        out.setQueryStats(
            QueryStats.newBuilder()
                .setBlocksQueried(found.blocks().size())
                .setMergedSeriesCount(series)
                .setMergedChunksCount(chunks)
                .setChunksTouched(chunks)
                .setChunksTouchedSizeSum(bytes)
                .setDataDownloadedSizeSum(call.request().active().used().bytes()));
      }
      call.to().send(SeriesResponse.newBuilder().setHints(Any.pack(out.build())).build());
    }
  }

  /// The hints of a request; hints of other kinds are ignored.
  private static Optional<SeriesRequestHints> hints(SeriesRequest request) {
    Any any = request.getHints();
    if (!any.getTypeUrl().endsWith(SERIES_HINTS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(SeriesRequestHints.parseFrom(any.getValue()));
    } catch (InvalidProtocolBufferException e) {
      throw Calls.invalid("cannot read hints: " + e.getMessage());
    }
  }

  void labelNames(LabelNamesRequest request, StreamObserver<LabelNamesResponse> to) {
    calls.start(
        to,
        call -> {
          Set<String> without = Set.copyOf(request.getWithoutReplicaLabelsList());
          LabelNamesResponse.Builder out = LabelNamesResponse.newBuilder();
          int limit = limit(request.getLimit());
          range(request.getStart(), request.getEnd())
              .ifPresent(range ->
                  call.queries()
                      .labelNames(
                          query(request.getMatchersList(), range, more(limit, without.size())),
                          call.options(),
                          found ->
                              found.value().stream()
                                  .filter(n -> !without.contains(n))
                                  .limit(limit == 0 ? Long.MAX_VALUE : limit)
                                  .forEach(out::addNames)));
          call.to().send(out.build());
        });
  }

  void labelValues(LabelValuesRequest request, StreamObserver<LabelValuesResponse> to) {
    calls.start(
        to,
        call -> {
          if (request.getLabel().isEmpty()) {
            throw Calls.invalid("label name parameter cannot be empty");
          }
          LabelValuesResponse.Builder out = LabelValuesResponse.newBuilder();
          int limit = limit(request.getLimit());
          if (!request.getWithoutReplicaLabelsList().contains(request.getLabel())) {
            range(request.getStart(), request.getEnd())
                .ifPresent(range ->
                    call.queries()
                        .labelValues(
                            request.getLabel(),
                            query(request.getMatchersList(), range, limit),
                            call.options(),
                            found ->
                                found.value().stream()
                                    .limit(limit == 0 ? Long.MAX_VALUE : limit)
                                    .forEach(out::addValues)));
          }
          call.to().send(out.build());
        });
  }

  private static LabelsQuery query(List<LabelMatcher> matchers, TimeRange range, int limit) {
    SelectorTexts selectors =
        matchers.isEmpty()
            ? SelectorTexts.parsed(List.of())
            : new SelectorTexts(
                WireLabels.characters(matchers),
                memory -> List.of(WireMatchers.read(matchers, memory)));
    return new LabelsQuery(selectors, range, limit);
  }

  private static int limit(long limit) {
    if (limit < 0) {
      throw Calls.invalid("limit " + limit + " is negative");
    }
    return (int) Math.min(limit, Integer.MAX_VALUE);
  }

  /// A limit and so many more; 0 stays 0, which is no limit.
  private static int more(int limit, int more) {
    return limit == 0 ? 0 : (int) Math.min((long) limit + more, Integer.MAX_VALUE);
  }

  /// A closed range; empty where it ends before it starts.
  private static Optional<TimeRange> range(long start, long end) {
    return start > end ? Optional.empty() : Optional.of(new TimeRange(start, end));
  }
}
