package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lamella.gateway.grpc.Services;
import io.lamella.gateway.wire.prometheus.TimeSeries;
import io.lamella.gateway.wire.thanos.QueryRangeRequest;
import io.lamella.gateway.wire.thanos.QueryRangeResponse;
import io.lamella.gateway.wire.thanos.QueryRequest;
import io.lamella.gateway.wire.thanos.QueryResponse;
import io.lamella.gateway.wire.thanos.ShardInfo;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Expressions that a Querier hands on whole.
class QueryCallsTest {
  private static final long TIME = 1_735_707_200;

  @TempDir static Path directory;
  private static ObjectStore store;
  private static GrpcGateway server;

  @BeforeAll
  static void serve() throws Exception {
    Path bucket = directory.resolve("bucket");
    GrpcGateway.publish("floats", bucket, "cluster", "a");
    store = DirectoryObjectStore.open(bucket);
    server = GrpcGateway.open(store);
  }

  @AfterAll
  static void close() throws Exception {
    server.close();
    store.close();
  }

  private static List<TimeSeries> range(QueryRangeRequest.Builder request) {
    List<TimeSeries> out = new ArrayList<>();
    for (QueryRangeResponse r :
        server.stream(
            Services.QUERY_RANGE,
            request
                .setStartTimeSeconds(TIME - 3600)
                .setEndTimeSeconds(TIME)
                .setIntervalSeconds(60)
                .build())) {
      switch (r.getResultCase()) {
        case TIMESERIES -> out.add(r.getTimeseries());
        case TIMESERIES_BATCH -> out.addAll(r.getTimeseriesBatch().getSeriesList());
        case WARNINGS, STATS, RESULT_NOT_SET -> {}
      }
    }
    return out;
  }

  private static QueryRangeRequest.Builder query(String query) {
    return QueryRangeRequest.newBuilder().setQuery(query);
  }

  @Test
  void anExpressionIsEvaluatedAtOneInstant() {
    List<QueryResponse> frames =
        server.stream(
            Services.QUERY_QUERY,
            QueryRequest.newBuilder().setQuery("count(up)").setTimeSeconds(TIME).build());

    assertEquals(2, frames.size());
    assertEquals(TIME * 1000, frames.getFirst().getTimeseries().getSamples(0).getTimestamp());
    assertEquals(12, frames.getFirst().getTimeseries().getSamples(0).getValue());
  }

  @Test
  void batchesHaveTheSeriesOfSingleMessages() {
    List<TimeSeries> single = range(query("up"));

    assertEquals(12, single.size());
    assertEquals(61, single.getFirst().getSamplesCount());
    assertEquals(single, range(query("up").setResponseBatchSize(5)));
    assertEquals(single, range(query("up").setResponseBatchSize(Long.MAX_VALUE)));
  }

  @Test
  void aPartOfTheSeriesIsRefused() {
    StatusRuntimeException e =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                range(
                    query("up")
                        .setShardInfo(ShardInfo.newBuilder().setShardIndex(1).setTotalShards(2))));

    assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode());
  }
}
