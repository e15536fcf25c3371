package io.lamella.storage.bytes;

/// Takes bytes one after another.
@FunctionalInterface
public interface ByteTarget {
  /// @param b the low eight bits count
  void put(int b);
}
