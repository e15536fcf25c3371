package io.lamella.promql.exec.aggregate;

import io.lamella.promql.exec.StoredSeries;
import java.util.ArrayList;
import java.util.List;

/// Elements of one group at one step as a binary heap, the worst value on top, so that the best k
/// of n elements are found in n · log k. The moves are those of Go's `container/heap`, so that of
/// equal elements the same ones are selected as in Prometheus.
final class ValueHeap {
  private final boolean keepsLargest;
  private final List<StoredSeries> items = new ArrayList<>();
  private final int step;

  ValueHeap(boolean keepsLargest, int step) {
    this.keepsLargest = keepsLargest;
    this.step = step;
  }

  private double value(int i) {
    StoredSeries s = items.get(i);
    return s.histogram(step) == null ? s.value(step) : 0;
  }

  /// NaN is worse than every number.
  private boolean isWorse(double a, double b) {
    return a != a || (keepsLargest ? a < b : a > b);
  }

  void push(StoredSeries s) {
    items.add(s);
    int at = items.size() - 1;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (!isWorse(value(at), value(parent))) {
        return;
      }
      swap(at, parent);
      at = parent;
    }
  }

  /// Adds a float element; where there are `k` already it replaces the worst one, if it is better.
  void offer(StoredSeries s, long k) {
    if (items.size() < k) {
      push(s);
      return;
    }
    double worst = value(0);
    double x = s.value(step);
    boolean better = worst != worst ? x == x : keepsLargest ? worst < x : worst > x;
    if (better) {
      items.set(0, s);
      sink();
    }
  }

  private void sink() {
    int at = 0;
    while (2 * at + 1 < items.size()) {
      int child = 2 * at + 1;
      if (child + 1 < items.size() && isWorse(value(child + 1), value(child))) {
        child++;
      }
      if (!isWorse(value(child), value(at))) {
        return;
      }
      swap(at, child);
      at = child;
    }
  }

  private void swap(int a, int b) {
    StoredSeries x = items.get(a);
    items.set(a, items.get(b));
    items.set(b, x);
  }

  int size() {
    return items.size();
  }

  List<StoredSeries> inHeapOrder() {
    return items;
  }

  /// Best first.
  List<StoredSeries> inOrder() {
    items.sort((a, b) -> {
      double x = a.value(step);
      double y = b.value(step);
      if (x != x || y != y) {
        return Boolean.compare(x != x, y != y);
      }
      return x == y ? 0 : (x > y) == keepsLargest ? -1 : 1;
    });
    return items;
  }
}
