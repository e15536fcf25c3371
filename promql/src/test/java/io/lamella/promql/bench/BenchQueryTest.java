package io.lamella.promql.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.lamella.promql.MatrixSeries;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The queries of the benchmark have results: a query without any would be fast.
class BenchQueryTest {
  private static final int SERIES = 60;
  private static final int STEPS = 5;

  @ParameterizedTest
  @EnumSource(QueryClass.class)
  void everySeriesHasAResultAtEveryStep(QueryClass query) {
    QueryResult result = BenchQuery.of(query, new BenchSeries(SERIES, STEPS)).run();
    assertEquals(List.of(), result.warnings());
    assertEquals(List.of(), result.infos());
    int points = 0;
    for (MatrixSeries s : assertInstanceOf(Value.Matrix.class, result.value()).series()) {
      points += s.size();
    }
    int expected =
        switch (query) {
          case SELECTOR,
              RATE,
              BINARY_ONE_TO_ONE,
              BINARY_OF_ONE_SELECTOR,
              BINARY_GROUP_LEFT,
              QUANTILE_OVER_TIME,
              SUBQUERY ->
              SERIES;
          // Three containers a pod, a data center a pod.
          case SUM_BY, SUM_BY_RATE, NATIVE_QUANTILE -> SERIES / 3;
          // Six pods of ten buckets, three containers a pod again.
          case CLASSIC_QUANTILE -> 2;
          case TOPK -> 5;
          case SUM -> 1;
        };
    assertEquals(expected * STEPS, points);
  }
}
