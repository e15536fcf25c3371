package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.model.StringTest;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.BlockMeta;
import java.util.List;
import java.util.Optional;

/// What the first and the last sort key of a shard, which the block's meta states, prove about a
/// request. So a narrow request opens only the manifests of shards that may hold its rows.
final class ShardKeys {
  private ShardKeys() {}

  /// A matcher that no row of the shard can pass.
  ///
  /// @param sortKey the labels of the key
  static Optional<Matcher> excluding(
      BlockMeta.Shard shard, List<String> sortKey, List<Matcher> matchers) {
    for (int l = 0; l < sortKey.size(); l++) {
      String first = shard.firstKey().get(l);
      String last = shard.lastKey().get(l);
      for (Matcher m : matchers) {
        if (m.name().equals(sortKey.get(l)) && !mightMatch(m, first, last)) {
          return Optional.of(m);
        }
      }
      if (!first.equals(last)) {
        // Rows are sorted by the next label only among rows with the same value of this one.
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /// False where no value of `[first, last]` matches.
  private static boolean mightMatch(Matcher m, String first, String last) {
    if (first.equals(last)) {
      return m.matches(first);
    }
    if (m.type().isNegative()) {
      return true;
    }
    return switch (m.test()) {
      case StringTest.OneOf one ->
          one.values().stream()
              .anyMatch(v -> Utf8Order.compare(first, v) <= 0 && Utf8Order.compare(v, last) <= 0);
      case StringTest.Prefix p -> overlaps(p.prefix(), first, last);
      case StringTest.Pattern p -> overlaps(p.prefix(), first, last);
      case StringTest.NotEmpty _ -> true;
    };
  }

  private static boolean overlaps(String prefix, String first, String last) {
    return Utf8Order.compare(last, prefix) >= 0
        && (Utf8Order.compare(first, prefix) <= 0 || first.startsWith(prefix));
  }
}
