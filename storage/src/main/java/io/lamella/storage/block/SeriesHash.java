package io.lamella.storage.block;

import io.lamella.model.Labels;
import io.lamella.model.Utf8Order;
import io.lamella.model.XxHash64;

/// Prometheus' stable hash of a label set: xxHash64 (seed 0) over name, 0xFF, value, 0xFF of each
/// label in order.
public final class SeriesHash {
  private SeriesHash() {}

  public static long of(Labels labels) {
    byte[][] parts = new byte[2 * labels.size()][];
    int length = 0;
    for (int i = 0; i < labels.size(); i++) {
      parts[2 * i] = Utf8Order.encode(labels.name(i));
      parts[2 * i + 1] = Utf8Order.encode(labels.value(i));
      length += parts[2 * i].length + parts[2 * i + 1].length + 2;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
      all[at++] = (byte) 0xff;
    }
    return XxHash64.hash(all, 0, length);
  }
}
