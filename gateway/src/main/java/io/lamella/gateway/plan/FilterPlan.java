package io.lamella.gateway.plan;

import io.lamella.model.StringTest;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.read.BloomFilter;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.object.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The Bloom filters to read before the label pages of a shard: where a matcher asks for values of
/// a label whose bounds do not tell row groups apart, a filter tells which of them may have one.
///
/// @param lookups in the order of the row groups
public record FilterPlan(List<Lookup> lookups) {
  /// Filters cost a round trip, so they are read only where there are more label pages than this.
  private static final long WORTH_BYTES = 256 << 10;

  /// With more values hardly any row group is ruled out.
  private static final int MAX_VALUES = 32;

  /// One filter to read.
  ///
  /// @param rowGroup its number in the shard
  /// @param hashes of the values that the matcher asks for
  public record Lookup(
      int rowGroup, LabelPlan.ColumnMatcher test, ColumnPages column, List<Long> hashes) {
    public ByteRange range() {
      return column.filter().orElseThrow();
    }

    /// True where no row of the row group can match.
    public boolean rulesOut(BloomFilter filter) {
      return hashes.stream().noneMatch(filter::mightContain);
    }
  }

  public FilterPlan {
    lookups = List.copyOf(lookups);
  }

  public static FilterPlan of(ShardPlan shard) {
    List<Lookup> out = new ArrayList<>();
    long bytes = 0;
    for (Verdict.Read read : shard.reads()) {
      List<Lookup> lookups = lookups(read.labels());
      if (!lookups.isEmpty()) {
        bytes += read.labels().ranges().stream().mapToLong(ByteRange::length).sum();
        out.addAll(lookups);
      }
    }
    return new FilterPlan(bytes > WORTH_BYTES ? out : List.of());
  }

  private static List<Lookup> lookups(LabelPlan labels) {
    List<Lookup> out = new ArrayList<>();
    for (LabelPlan.ColumnMatcher test : labels.tests().matchers()) {
      ColumnPages column = labels.columns().read().get(test.column());
      if (column.filter().isPresent()
          && !test.matcher().matchesEmpty()
          && !test.matcher().type().isNegative()
          && test.matcher().test() instanceof StringTest.OneOf one
          && one.values().size() <= MAX_VALUES) {
        List<Long> hashes =
            one.values().stream().map(v -> BloomFilter.hash(Utf8Order.encode(v))).toList();
        out.add(new Lookup(labels.rowGroup(), test, column, hashes));
      }
    }
    return out;
  }

  /// The plan without the row groups that a filter rules out.
  ///
  /// @param ruledOut lookups whose filters do so
  public static ShardPlan without(ShardPlan shard, List<Lookup> ruledOut) {
    List<Verdict> out = new ArrayList<>();
    for (Verdict v : shard.rowGroups()) {
      Optional<Lookup> by =
          v instanceof Verdict.Read read
              ? ruledOut.stream().filter(l -> l.rowGroup() == read.labels().rowGroup()).findFirst()
              : Optional.empty();
      out.add(
          by.<Verdict>map(l -> new Verdict.Skip(new SkipReason.NotInFilter(l.test().matcher())))
              .orElse(v));
    }
    return new ShardPlan(out);
  }
}
