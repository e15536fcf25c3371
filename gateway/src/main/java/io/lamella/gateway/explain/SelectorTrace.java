package io.lamella.gateway.explain;

import io.lamella.gateway.explain.QueryTrace.FetchBatch;
import io.lamella.gateway.explain.QueryTrace.ShardTrace;
import io.lamella.model.TimeRange;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The trace of one selector. Thread-safe.
public final class SelectorTrace {
  private final String selector;
  private final String uses;
  private final TimeRange range;
  private final ConcurrentLinkedQueue<ShardTrace> shards = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<FetchBatch> batches = new ConcurrentLinkedQueue<>();
  private final Map<String, Long> stages = new TreeMap<>();

  /// @param selector its matchers in braces
  /// @param uses what the query uses of the series: labels, values, comparison
  SelectorTrace(String selector, String uses, TimeRange range) {
    this.selector = selector;
    this.uses = uses;
    this.range = range;
  }

  void add(ShardTrace shard) {
    shards.add(shard);
  }

  void add(FetchBatch batch) {
    batches.add(batch);
  }

  /// Adds to the time that a stage took.
  void add(String stage, long nanos) {
    synchronized (stages) {
      stages.merge(stage, nanos, Long::sum);
    }
  }

  public String selector() {
    return selector;
  }

  /// What the query uses of the series: labels, values, comparison.
  public String uses() {
    return uses;
  }

  /// The closed range of sample times.
  public TimeRange range() {
    return range;
  }

  /// By block, then by number.
  public List<ShardTrace> shards() {
    return shards.stream()
        .sorted(
            Comparator.comparing((ShardTrace s) -> s.shard().block())
                .thenComparingInt(s -> s.shard().number()))
        .toList();
  }

  public List<FetchBatch> batches() {
    return List.copyOf(batches);
  }

  /// Nanoseconds by stage.
  public Map<String, Long> stages() {
    synchronized (stages) {
      return new TreeMap<>(stages);
    }
  }
}
