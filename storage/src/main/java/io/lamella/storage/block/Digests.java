package io.lamella.storage.block;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// SHA-256 digests as the metas state them.
public final class Digests {
  private static final Pattern WHOLE = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SHORT = Pattern.compile("[0-9a-f]{16}");

  private Digests() {}

  /// A new SHA-256 computation.
  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// 64 hex digits.
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(newSha256().digest(bytes));
  }

  /// The first 16 hex digits of a finished digest.
  public static String shortened(byte[] digest) {
    return HexFormat.of().formatHex(digest, 0, 8);
  }

  static void checkSha256(String digest, String what) {
    check(WHOLE, digest, what);
  }

  static void checkState(String digest, String what) {
    check(SHORT, digest, what);
  }

  private static void check(Pattern form, String digest, String what) {
    if (!form.matcher(digest).matches()) {
      throw new IllegalArgumentException(
          "cannot describe " + what + ": digest \"" + digest + "\", expected " + form);
    }
  }
}
