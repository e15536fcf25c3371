package io.lamella.storage.bytes;

/// Untrusted bytes, read one after another.
///
/// @param <E> what is thrown where the bytes are malformed
public interface ByteSource<E extends Exception> {
  /// The next byte, 0 to 255.
  ///
  /// @throws E where there is none
  int next() throws E;

  /// The failure where a number has more than 64 bits; names the position.
  E tooLong();
}
