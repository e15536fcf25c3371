package io.lamella.promql.exec.aggregate;

import io.lamella.model.Labels;
import io.lamella.model.Utf8Order;
import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The hash of a label set that `limit_ratio` picks by: xxHash64 with seed 0 over names and values,
/// each after its length. Source: the xxHash specification.
final class LabelHash {
  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

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
    return xxHash64(out.toByteArray());
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

  static long xxHash64(byte[] b) {
    int p = 0;
    long h;
    if (b.length >= 32) {
      long v1 = P1 + P2;
      long v2 = P2;
      long v3 = 0;
      long v4 = -P1;
      for (; p + 32 <= b.length; p += 32) {
        v1 = round(v1, (long) LONG.get(b, p));
        v2 = round(v2, (long) LONG.get(b, p + 8));
        v3 = round(v3, (long) LONG.get(b, p + 16));
        v4 = round(v4, (long) LONG.get(b, p + 24));
      }
      h =
          Long.rotateLeft(v1, 1)
              + Long.rotateLeft(v2, 7)
              + Long.rotateLeft(v3, 12)
              + Long.rotateLeft(v4, 18);
      h = merge(merge(merge(merge(h, v1), v2), v3), v4);
    } else {
      h = P5;
    }
    h += b.length;
    for (; p + 8 <= b.length; p += 8) {
      h = Long.rotateLeft(h ^ round(0, (long) LONG.get(b, p)), 27) * P1 + P4;
    }
    if (p + 4 <= b.length) {
      h = Long.rotateLeft(h ^ ((int) INT.get(b, p) & 0xffffffffL) * P1, 23) * P2 + P3;
      p += 4;
    }
    for (; p < b.length; p++) {
      h = Long.rotateLeft(h ^ (b[p] & 0xffL) * P5, 11) * P1;
    }
    h = (h ^ h >>> 33) * P2;
    h = (h ^ h >>> 29) * P3;
    return h ^ h >>> 32;
  }

  private static long round(long acc, long input) {
    return Long.rotateLeft(acc + input * P2, 31) * P1;
  }

  private static long merge(long h, long v) {
    return (h ^ round(0, v)) * P1 + P4;
  }
}
