package io.lamella.promql.exec.aggregate;

import io.lamella.model.Labels;
import io.lamella.model.Utf8Order;
import io.lamella.model.XxHash64;
import java.io.ByteArrayOutputStream;

/// The hash of a label set by which `limit_ratio` selects: xxHash64 with seed 0 over names and
/// values, each preceded by its length. Source: the xxHash specification.
final class LabelHash {
  private LabelHash() {}

  /// The hash as a number in [0, 1].
  static double fraction(Labels labels) {
    long h = hash(labels);
    double unsigned = (h >>> 1) * 2.0 + (h & 1);
    return unsigned / 0x1p64;
  }

  private static long hash(Labels labels) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < labels.size(); i++) {
      append(out, labels.name(i));
      append(out, labels.value(i));
    }
    return XxHash64.hash(out.toByteArray(), 0, out.size());
  }

  private static void append(ByteArrayOutputStream out, String s) {
    byte[] bytes = Utf8Order.encode(s);
    if (bytes.length < 255) {
      out.write(bytes.length);
    } else {
      out.write(255);
      out.write(bytes.length);
      out.write(bytes.length >> 8);
      out.write(bytes.length >> 16);
    }
    out.writeBytes(bytes);
  }
}
