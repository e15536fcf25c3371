package io.lamella.gateway.grpc;

import io.grpc.stub.StreamObserver;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.query.StreamRange;
import io.lamella.gateway.tenant.Tenants;
import io.lamella.gateway.wire.info.InfoRequest;
import io.lamella.gateway.wire.info.InfoResponse;
import io.lamella.gateway.wire.info.QueryAPIInfo;
import io.lamella.gateway.wire.info.StoreInfo;
import io.lamella.gateway.wire.info.TSDBInfo;
import io.lamella.model.Labels;
import java.util.Collection;
import java.util.List;

/// The service `thanos.info.Info`: which streams and times this store has now, and what it can do.
final class InfoCalls {
  private static final String COMPONENT = "store";

  private final Tenants tenants;
  private final Calls calls;

  InfoCalls(Tenants tenants, Calls calls) {
    this.tenants = tenants;
    this.calls = calls;
  }

  void info(InfoRequest request, StreamObserver<InfoResponse> to) {
    calls.startOfAll(
        to,
        call ->
            call.to()
                .send(
                    info(
                        call.named()
                            .map(QueryService::streams)
                            .orElseGet(() -> times(tenants.all())))));
  }

  /// The times of all tenants as one stream without labels, so that a Querier, which names no
  /// tenant here, asks for each of them, and nothing is told of a single one.
  private static List<StreamRange> times(Collection<QueryService> all) {
    return all.stream()
        .flatMap(q -> q.streams().stream())
        .map(s -> new StreamRange(Labels.EMPTY, s.minTimeMillis(), s.maxTimeMillis()))
        .reduce((a, b) ->
            new StreamRange(
                Labels.EMPTY,
                Math.min(a.minTimeMillis(), b.minTimeMillis()),
                Math.max(a.maxTimeMillis(), b.maxTimeMillis())))
        .stream()
        .toList();
  }

  /// A store without blocks has a time range that no query overlaps. A stream without external
  /// labels is in no label set: the Querier then asks for it whatever the query's matchers are.
  static InfoResponse info(List<StreamRange> streams) {
    InfoResponse.Builder out = InfoResponse.newBuilder().setComponentType(COMPONENT);
    StoreInfo.Builder store =
        StoreInfo.newBuilder()
            .setMinTime(
                streams.stream().mapToLong(StreamRange::minTimeMillis).min().orElse(Long.MAX_VALUE))
            .setMaxTime(
                streams.stream().mapToLong(StreamRange::maxTimeMillis).max().orElse(Long.MIN_VALUE))
            .setSupportsSharding(true)
            .setSupportsWithoutReplicaLabels(true);
    if (streams.stream().noneMatch(s -> s.external().isEmpty())) {
      streams.stream()
          .map(StreamRange::external)
          .distinct()
          .forEach(labels -> out.addLabelSets(WireLabels.set(labels)));
    }
    for (StreamRange s : streams) {
      store.addTsdbInfos(
          TSDBInfo.newBuilder()
              .setLabels(WireLabels.set(s.external()))
              .setMinTime(s.minTimeMillis())
              .setMaxTime(s.maxTimeMillis()));
    }
    return out.setStore(store).setQuery(QueryAPIInfo.getDefaultInstance()).build();
  }
}
