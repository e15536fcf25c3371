package io.lamella.gateway.explain;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The plan of a query and the cost of carrying it out, per selector. Exists only for a query that
/// is to be explained. Thread-safe.
public final class QueryTrace {
  private final ConcurrentLinkedQueue<SelectorTrace> selectors = new ConcurrentLinkedQueue<>();

  /// A verdict and its reason in words.
  ///
  /// @param verdict `skipped`, `filtered` or `taken`
  public record Decision(String verdict, String why) {}

  /// A shard of a block.
  ///
  /// @param number of the shard in the block
  /// @param metadata what its metadata was read from: `manifest`, `footer`, or `meta` where the
  ///   whole block was skipped by its meta
  public record TracedShard(String block, int number, String metadata) {}

  /// What one selector reads of a shard.
  ///
  /// @param rowGroups the decisions on its row groups, in their order
  public record ShardTrace(
      TracedShard shard, Decision decision, List<Decision> rowGroups, ReadAmount amount) {
    public ShardTrace {
      rowGroups = List.copyOf(rowGroups);
    }
  }

  /// Rows and pages of a shard.
  ///
  /// @param candidateRows rows that might match according to the metadata
  /// @param rows that match
  /// @param labels pages requested of the label file; `chunks`, of the chunk file
  /// @param neededBytes of the pages among them that hold a matching row
  /// @param fromStatistics numbers of the data columns that are replaced by statistics
  public record ReadAmount(
      long candidateRows,
      long rows,
      Pages labels,
      Pages chunks,
      long neededBytes,
      List<Integer> fromStatistics) {
    public static final ReadAmount NOTHING =
        new ReadAmount(0, 0, Pages.NONE, Pages.NONE, 0, List.of());

    public ReadAmount {
      fromStatistics = List.copyOf(fromStatistics);
    }
  }

  /// A number of pages and the sum of their bytes.
  public record Pages(long pages, long bytes) {
    public static final Pages NONE = new Pages(0, 0);

    Pages plus(long pageBytes) {
      return new Pages(pages + 1, bytes + pageBytes);
    }
  }

  /// Ranges that were requested together.
  ///
  /// @param what they hold: labels, chunks or both
  /// @param ranges their number, and the sum of their `bytes`
  /// @param nanos until all were fetched
  public record FetchBatch(String what, long ranges, long bytes, long nanos) {}

  void add(SelectorTrace selector) {
    selectors.add(selector);
  }

  public List<SelectorTrace> selectors() {
    return List.copyOf(selectors);
  }

  /// Bytes of all pages that hold a matching row.
  public long neededBytes() {
    return selectors.stream()
        .flatMap(s -> s.shards().stream())
        .mapToLong(s -> s.amount().neededBytes())
        .sum();
  }
}
