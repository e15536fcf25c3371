package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.model.StringTest;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.read.ColumnPages;
import java.util.Arrays;
import java.util.function.IntPredicate;

/// What the bounds of a page prove about a matcher. Bounds may be truncated, so they can rule a
/// page out but never prove a match: the pages that remain are a superset.
final class PageBounds {
  private PageBounds() {}

  /// A test of pages by number: false where no row of the page can match.
  static IntPredicate mightMatch(ColumnPages column, Matcher matcher) {
    if (matcher.matchesEmpty()) {
      // Rows without the label match, and any page may hold such rows.
      return page -> true;
    }
    IntPredicate present = page -> !column.isNullPage(page);
    if (matcher.type().isNegative()) {
      return present;
    }
    return switch (matcher.test()) {
      case StringTest.OneOf one -> {
        byte[][] values = one.values().stream().map(Utf8Order::encode).toArray(byte[][]::new);
        Arrays.sort(values, Arrays::compareUnsigned);
        yield present.and(page -> anyWithin(values, column.min(page), column.max(page)));
      }
      case StringTest.Prefix p -> present.and(prefix(column, p.prefix()));
      case StringTest.Pattern p -> present.and(prefix(column, p.prefix()));
      case StringTest.NotEmpty _ -> present;
    };
  }

  private static IntPredicate prefix(ColumnPages column, String text) {
    byte[] prefix = Utf8Order.encode(text);
    return page -> {
      byte[] min = column.min(page);
      byte[] max = column.max(page);
      int n = Math.min(prefix.length, min.length);
      boolean minIsAfter = Arrays.compareUnsigned(min, 0, n, prefix, 0, n) > 0;
      boolean maxIsBefore = max.length > 0 && Arrays.compareUnsigned(max, prefix) < 0;
      return !minIsAfter && !maxIsBefore;
    };
  }

  /// True where a value lies within `[min, max]`; an empty bound is unknown.
  private static boolean anyWithin(byte[][] sorted, byte[] min, byte[] max) {
    int at = Arrays.binarySearch(sorted, min, Arrays::compareUnsigned);
    int first = at >= 0 ? at : -at - 1;
    return first < sorted.length
        && (max.length == 0 || Arrays.compareUnsigned(sorted[first], max) <= 0);
  }
}
