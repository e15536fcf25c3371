package io.lamella.converter.merge;

import java.io.IOException;

/// Sorts numbers that stand for something else; equal ones stay in their order.
final class IndexSort {
  private IndexSort() {}

  /// Compares what two numbers stand for.
  @FunctionalInterface
  interface IndexOrder {
    int compare(int a, int b) throws IOException;
  }

  /// Sorts the first `size` elements of `indexes`.
  static void sort(int[] indexes, int size, IndexOrder order) throws IOException {
    sort(indexes, new int[size], 0, size, order);
  }

  private static void sort(int[] all, int[] scratch, int from, int end, IndexOrder order)
      throws IOException {
    if (end - from < 2) {
      return;
    }
    int mid = (from + end) >>> 1;
    sort(all, scratch, from, mid, order);
    sort(all, scratch, mid, end, order);
    if (order.compare(all[mid - 1], all[mid]) <= 0) {
      return;
    }
    System.arraycopy(all, from, scratch, from, end - from);
    int left = from;
    int right = mid;
    for (int i = from; i < end; i++) {
      boolean takeLeft =
          right == end || left < mid && order.compare(scratch[left], scratch[right]) <= 0;
      all[i] = takeLeft ? scratch[left++] : scratch[right++];
    }
  }
}
