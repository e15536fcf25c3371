package io.lamella.gateway.query;

import io.lamella.model.TimeRange;
import io.lamella.promql.QueryResult;
import java.time.Duration;
import java.util.Optional;

/// Results of queries that may be asked again, bounded by bytes. Thread-safe.
public interface ResultStore {
  /// A store that keeps nothing.
  ResultStore NONE =
      new ResultStore() {
        @Override
        public Optional<Kept> find(Question question) {
          return Optional.empty();
        }

        @Override
        public void put(Question question, Kept kept) {
          // Nothing is kept.
        }
      };

  /// What was asked: the answer depends on this and the data alone.
  ///
  /// @param stepMillis 0 for an instant query
  record Question(
      String query,
      long startMillis,
      long endMillis,
      long stepMillis,
      Optional<Duration> lookback) {}

  /// A result with the data that it was made of.
  ///
  /// @param range that its selections covered, and the `version` of the data there
  record Kept(QueryResult result, TimeRange range, Object version) {}

  Optional<Kept> find(Question question);

  void put(Question question, Kept kept);
}
