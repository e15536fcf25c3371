package io.lamella.gateway.web;

import java.io.ByteArrayOutputStream;
import java.security.PublicKey;
import java.util.Arrays;

/// Wraps private keys of the older forms, PKCS #1 and SEC 1, into PKCS #8, which is all that the
/// JDK reads. What PKCS #8 adds, the algorithm with its parameters, stands in the public key as
/// well.
final class Pkcs8 {
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final byte[] VERSION = {2, 1, 0};

  private Pkcs8() {}

  /// @param key as PKCS #1 or SEC 1
  static byte[] of(byte[] key, PublicKey own) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(VERSION);
    content.writeBytes(algorithm(own));
    content.writeBytes(der(OCTET_STRING, key));
    return der(SEQUENCE, content.toByteArray());
  }

  /// The first element of a public key as X.509 encodes it.
  private static byte[] algorithm(PublicKey key) {
    byte[] encoded = key.getEncoded();
    int start = encoded[1] < 0 ? 2 + (encoded[1] & 0x7f) : 2;
    // It is always shorter than 128 bytes, so its length is one byte.
    return Arrays.copyOfRange(encoded, start, start + 2 + encoded[start + 1]);
  }

  private static byte[] der(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
