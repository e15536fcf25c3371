package io.lamella.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/// The order of strings everywhere in Prometheus: unsigned byte order of their UTF-8 form.
///
/// `String.compareTo` orders by UTF-16 unit, which differs for surrogate pairs and characters from
/// U+E000 on. A byte that is not valid UTF-8 becomes the lone low surrogate U+DC00 + byte, so that
/// every byte sequence can be decoded and encoded back unchanged.
public final class Utf8Order {
  public static final Comparator<String> COMPARATOR = Utf8Order::compare;

  private Utf8Order() {}

  /// Compares by the bytes of the UTF-8 form, as unsigned numbers.
  public static int compare(String a, String b) {
    int n = Math.min(a.length(), b.length());
    for (int i = 0; i < n; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        if (x < 0xD800 && y < 0xD800) {
          return x - y;
        }
        return compareBytes(a, b);
      }
    }
    return a.length() - b.length();
  }

  private static int compareBytes(String a, String b) {
    return java.util.Arrays.compareUnsigned(encode(a), encode(b));
  }

  /// The bytes of a string; lone surrogates U+DC80..U+DCFF become the single byte that they encode.
  public static byte[] encode(String s) {
    if (!hasLoneSurrogate(s)) {
      return s.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(s.length() + 8);
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      if (c >= 0xDC80 && c <= 0xDCFF) {
        out.write(c - 0xDC00);
      } else {
        out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
      i += Character.charCount(c);
    }
    return out.toByteArray();
  }

  /// The string of any bytes; each byte that is not valid UTF-8 becomes a lone surrogate.
  public static String decode(byte[] bytes, int from, int length) {
    boolean ascii = true;
    for (int i = from; i < from + length; i++) {
      if (bytes[i] < 0) {
        ascii = false;
        break;
      }
    }
    if (ascii) {
      return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }
    String plain = new String(bytes, from, length, StandardCharsets.UTF_8);
    if (plain.indexOf('\uFFFD') < 0) {
      return plain;
    }
    StringBuilder out = new StringBuilder(length);
    for (int i = from; i < from + length; ) {
      int n = sequenceLength(bytes, i, from + length);
      if (n == 0) {
        out.append((char) (0xDC00 + (bytes[i] & 0xff)));
        i++;
      } else {
        out.append(new String(bytes, i, n, StandardCharsets.UTF_8));
        i += n;
      }
    }
    return out.toString();
  }

  /// True where the string is well-formed Unicode, that is, its bytes are valid UTF-8.
  public static boolean isValid(String s) {
    return !hasLoneSurrogate(s);
  }

  /// Length of the valid UTF-8 sequence at `i`, or 0 where there is none.
  private static int sequenceLength(byte[] b, int i, int end) {
    int first = b[i] & 0xff;
    int n =
        first < 0x80
            ? 1
            : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (n == 0 || i + n > end) {
      return 0;
    }
    for (int k = 1; k < n; k++) {
      if ((b[i + k] & 0xC0) != 0x80) {
        return 0;
      }
    }
    int second = n > 1 ? b[i + 1] & 0xff : 0;
    boolean overlongOrOutside =
        (first == 0xE0 && second < 0xA0)
            || (first == 0xED && second > 0x9F)
            || (first == 0xF0 && second < 0x90)
            || (first == 0xF4 && second > 0x8F);
    return overlongOrOutside ? 0 : n;
  }

  private static boolean hasLoneSurrogate(String s) {
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < s.length()
            && Character.isLowSurrogate(s.charAt(i + 1))) {
          i++;
        } else {
          return true;
        }
      }
    }
    return false;
  }
}
