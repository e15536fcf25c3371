package io.lamella.bench.store;

import io.lamella.storage.object.ByteRange;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Range header of one range (RFC 9110, 14.1.2): `bytes=2-5`, `bytes=2-`, `bytes=-5`.
final class RangeHeader {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  private RangeHeader() {}

  /// The requested range of an object of `size` bytes; empty where it lies outside of the object or
  /// the header is not a single byte range.
  static Optional<ByteRange> of(String header, long size) {
    Matcher m = RANGE.matcher(header);
    if (!m.matches() || m.group(1).isEmpty() && m.group(2).isEmpty()) {
      return Optional.empty();
    }
    long start;
    long end;
    if (m.group(1).isEmpty()) {
      start = Math.max(0, size - Long.parseLong(m.group(2)));
      end = size;
    } else {
      start = Long.parseLong(m.group(1));
      end = m.group(2).isEmpty() ? size : Math.min(size, Long.parseLong(m.group(2)) + 1);
    }
    return start < end ? Optional.of(new ByteRange(start, end)) : Optional.empty();
  }
}
