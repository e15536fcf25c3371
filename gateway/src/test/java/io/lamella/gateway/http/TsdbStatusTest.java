package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.BlockSummary;
import io.lamella.gateway.query.DataSnapshot;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryQueue;
import io.lamella.gateway.query.QuerySource;
import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What is counted of the newest blocks, and how often.
class TsdbStatusTest {
  private static final Labels STREAM_A = Labels.of("cluster", "a");
  private static final Labels STREAM_B = Labels.of("cluster", "b");

  private final Streams source = new Streams();
  private final ServedSource served =
      new ServedSource(source, QueryQueue.QueueLimits.of(4), ClientLimits.DEFAULT);

  /// Blocks, and series that are the same in all of them.
  private static final class Streams implements QuerySource {
    private volatile List<BlockSummary> blocks =
        List.of(block("1", STREAM_A, 0), block("2", STREAM_B, 0), block("3", STREAM_A, 1000));

    private final List<LabelsRequest> asked = Collections.synchronizedList(new ArrayList<>());
    private volatile long bytes;

    static BlockSummary block(String ulid, Labels external, long start) {
      return new BlockSummary(ulid, "", external, start, start + 1000, 3, 7, 100);
    }

    @Override
    public DataSnapshot snapshot() {
      return new DataSnapshot() {
        @Override
        public SeriesSource series(QueryBudget budget) {
          return new MemorySeriesSource(Map.of());
        }

        @Override
        public List<BlockSummary> blocks() {
          return blocks;
        }

        @Override
        public Optional<Object> version(TimeRange range) {
          return Optional.empty();
        }
      };
    }

    @Override
    public SeriesSource series(QueryBudget budget) {
      return new MemorySeriesSource(Map.of());
    }

    @Override
    public List<Labels> labelSets(LabelsRequest request, QueryBudget budget) {
      asked.add(request);
      budget.reserveMemory(bytes);
      String cluster = request.selectors().getFirst().getFirst().value();
      return List.of(
          Labels.of("__name__", "up", "cluster", cluster, "job", "x"),
          Labels.of("__name__", "up", "cluster", cluster, "job", "y"),
          Labels.of("__name__", "down", "cluster", cluster, "job", "z".repeat(300)));
    }

    @Override
    public SortedSet<String> labelNames(LabelsRequest request, QueryBudget budget) {
      return Collections.emptySortedSet();
    }

    @Override
    public SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget budget) {
      return Collections.emptySortedSet();
    }
  }

  @AfterEach
  void stop() {
    served.close();
  }

  private JsonNode status(String query) throws Exception {
    String response = served.exchange(ServedSource.get("/api/v1/status/tsdb" + query));
    assertTrue(response.startsWith("HTTP/1.1 200 "), response);
    return new ObjectMapper().readTree(response.substring(response.indexOf("\r\n\r\n") + 4));
  }

  private static String list(JsonNode status, String name) {
    StringBuilder out = new StringBuilder();
    status
        .get("data")
        .get(name)
        .forEach(e ->
            out.append(e.get("name").asString().replace("z".repeat(300), "z*"))
                .append(' ')
                .append(e.get("value").asLong())
                .append('\n'));
    return out.toString();
  }

  @Test
  void theSeriesOfTheNewestBlockOfEachStreamAreCounted() throws Exception {
    JsonNode status = status("");

    assertEquals(
        List.of(new TimeRange(1000, 1999), new TimeRange(0, 999)),
        source.asked.stream().map(LabelsRequest::range).toList());
    assertEquals(
        "{\"numSeries\":6,\"numLabelPairs\":7,\"chunkCount\":14,\"minTime\":0,\"maxTime\":2000}",
        status.get("data").get("headStats").toString());
    assertEquals("up 4\ndown 2\n", list(status, "seriesCountByMetricName"));
    assertEquals("job 3\n__name__ 2\ncluster 2\n", list(status, "labelValueCountByLabelName"));
    assertEquals(
        """
        __name__=up 4
        cluster=a 3
        cluster=b 3
        __name__=down 2
        job=x 2
        job=y 2
        job=z* 2
        """,
        list(status, "seriesCountByLabelValuePair"));
  }

  /// Of each label of each series: name and value, with a byte for the length of each, or four from
  /// 255 on, as Prometheus stores them.
  @Test
  void bytesAreThoseOfPrometheusMemory() throws Exception {
    long job = 4 * (4 + 2) + 2 * (4 + 304);
    long name = 4 * (9 + 3) + 2 * (9 + 5);
    long cluster = 6 * (8 + 2);

    assertEquals(
        "job " + job + "\n__name__ " + name + "\ncluster " + cluster + "\n",
        list(status(""), "memoryInBytesByLabelName"));
  }

  @Test
  void listsAreAsLongAsTheRequestSays() throws Exception {
    JsonNode status = status("?limit=1");

    assertEquals("up 4\n", list(status, "seriesCountByMetricName"));
    assertEquals("__name__=up 4\n", list(status, "seriesCountByLabelValuePair"));
    assertEquals(7, status.get("data").get("headStats").get("numLabelPairs").asLong());
  }

  @Test
  void blocksAreReadAgainOnlyWhereThereAreOthers() throws Exception {
    JsonNode first = status("");
    assertEquals(first, status(""));
    assertEquals(2, source.asked.size());

    List<BlockSummary> more = new ArrayList<>(source.blocks);
    more.add(Streams.block("4", STREAM_B, 1000));
    source.blocks = more;
    status("");
    assertEquals(4, source.asked.size());
  }

  @Test
  void whereMemoryDoesNotSufficeAWarningSaysThatListsAreEmpty() throws Exception {
    source.bytes = 1L << 33;
    JsonNode status = status("");

    assertEquals("", list(status, "seriesCountByMetricName"));
    assertEquals(6, status.get("data").get("headStats").get("numSeries").asLong());
    String warning = status.get("warnings").get(0).asString();
    assertTrue(warning.startsWith("series are not counted by their labels: "), warning);
    assertEquals(0, served.pool.held());
  }
}
