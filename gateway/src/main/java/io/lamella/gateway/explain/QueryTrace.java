package io.lamella.gateway.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/// What a query's plan was and what carrying it out took, selection by selection; gathered only
/// where the query asked to be explained. Thread-safe.
public final class QueryTrace {
  private final ConcurrentLinkedQueue<Selected> selections = new ConcurrentLinkedQueue<>();

  /// What became of a block.
  public enum Verdict {
    /// Proven that no row matches, or that none matters: nothing of it was read.
    SKIPPED,
    /// Rows were read, and each tested.
    FILTERED,
    /// All rows of the candidates match; none was tested.
    TAKEN
  }

  /// A block's share of a selection.
  ///
  /// @param shard its number in the block
  /// @param layout what told where things lie: `manifest` or `footer`
  /// @param why the verdict, in words
  /// @param candidateRows rows that might match, by what was known before reading; `rows`, those
  ///   that do
  /// @param labelPages and `labelBytes` of label pages wanted; `chunkPages`, `chunkBytes`, likewise
  /// @param neededBytes of all these pages, those that hold a row that matches
  /// @param answered data columns whose samples statistics stood in for
  public record Block(
      String ulid,
      int shard,
      String layout,
      Verdict verdict,
      String why,
      long candidateRows,
      long rows,
      long labelPages,
      long labelBytes,
      long chunkPages,
      long chunkBytes,
      long neededBytes,
      List<Integer> answered) {
    public Block {
      answered = List.copyOf(answered);
    }
  }

  /// Ranges that were wanted at one time.
  ///
  /// @param what of the files
  /// @param ranges wanted, and their `bytes`
  /// @param nanos until all were there
  public record Wave(String what, long ranges, long bytes, long nanos) {}

  /// One selector's blocks, waves and times.
  public static final class Selected {
    private final String selector;
    private final String looksAt;
    private final long startMillis;
    private final long endMillis;
    private final ConcurrentLinkedQueue<Block> blocks = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Wave> waves = new ConcurrentLinkedQueue<>();
    private final Map<String, Long> stages = new TreeMap<>();

    private Selected(String selector, String looksAt, long startMillis, long endMillis) {
      this.selector = selector;
      this.looksAt = looksAt;
      this.startMillis = startMillis;
      this.endMillis = endMillis;
    }

    public void block(Block b) {
      blocks.add(b);
    }

    public void wave(Wave w) {
      waves.add(w);
    }

    /// Adds to the time that a stage took.
    public void stage(String name, long nanos) {
      synchronized (stages) {
        stages.merge(name, nanos, Long::sum);
      }
    }

    public String selector() {
      return selector;
    }

    /// What the query looks at: labels, values, comparison.
    public String looksAt() {
      return looksAt;
    }

    /// First sample time of the selection, milliseconds, included.
    public long startMillis() {
      return startMillis;
    }

    /// Last sample time, milliseconds, included.
    public long endMillis() {
      return endMillis;
    }

    public List<Block> blocks() {
      return blocks.stream()
          .sorted(java.util.Comparator.comparing(Block::ulid).thenComparingInt(Block::shard))
          .collect(Collectors.toList());
    }

    public List<Wave> waves() {
      return new ArrayList<>(waves);
    }

    /// Nanoseconds by stage.
    public Map<String, Long> stages() {
      synchronized (stages) {
        return new TreeMap<>(stages);
      }
    }
  }

  /// Begins the account of a selection.
  public Selected select(String selector, String looksAt, long startMillis, long endMillis) {
    Selected s = new Selected(selector, looksAt, startMillis, endMillis);
    selections.add(s);
    return s;
  }

  public List<Selected> selections() {
    return new ArrayList<>(selections);
  }
}
