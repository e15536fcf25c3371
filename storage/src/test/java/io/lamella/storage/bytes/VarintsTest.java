package io.lamella.storage.bytes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// LEB128 numbers are read as they were written; malformed ones are refused.
class VarintsTest {
  private static byte[] unsigned(long v) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Varints.appendUnsigned(out, v);
    return out.toByteArray();
  }

  private static byte[] signed(long v) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Varints.appendSigned(out, v);
    return out.toByteArray();
  }

  private static ByteCursor cursor(byte[] bytes) {
    return new ByteCursor(bytes, 0, bytes.length);
  }

  private static ByteCursor cursor(String hex) {
    return cursor(HexFormat.of().parseHex(hex));
  }

  @Test
  void varintsHaveTheSameBytesAsInGo() {
    assertArrayEquals(HexFormat.of().parseHex("00"), unsigned(0));
    assertArrayEquals(HexFormat.of().parseHex("7f"), unsigned(127));
    assertArrayEquals(HexFormat.of().parseHex("8001"), unsigned(128));
    assertArrayEquals(HexFormat.of().parseHex("ac02"), unsigned(300));
    assertArrayEquals(HexFormat.of().parseHex("ffffffffffffffffff01"), unsigned(-1));
    assertArrayEquals(HexFormat.of().parseHex("01"), signed(-1));
    assertArrayEquals(HexFormat.of().parseHex("02"), signed(1));
    assertArrayEquals(HexFormat.of().parseHex("ffffffffffffffffff01"), signed(Long.MIN_VALUE));
  }

  @Test
  void numbersBeforeOtherBytesAreDecodedUnchanged() throws IOException {
    Random random = new Random(20261130);
    for (int i = 0; i < 100_000; i++) {
      long v = random.nextLong() >> random.nextInt(64);
      byte[] number = unsigned(v);
      byte[] bytes = new byte[number.length + random.nextInt(12)];
      random.nextBytes(bytes);
      System.arraycopy(number, 0, bytes, 0, number.length);
      ByteCursor in = cursor(bytes);

      assertEquals(v, in.unsigned(), "number " + v);
      assertEquals(number.length, in.position(), "number " + v);
    }
  }

  @Test
  void numbersAreDecodedUnchanged() throws IOException {
    long seed = 20261125;
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      long v = random.nextLong() >> random.nextInt(64);
      String where = "seed " + seed + ", number " + v;
      ByteCursor u = cursor(unsigned(v));
      assertEquals(v, u.unsigned(), where);
      assertTrue(u.isAtEnd(), where);
      ByteCursor s = cursor(signed(v));
      assertEquals(v, s.signed(), where);
      assertTrue(s.isAtEnd(), where);
    }
    for (long v : List.of(0L, 1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE)) {
      assertEquals(v, cursor(unsigned(v)).unsigned());
      assertEquals(v, cursor(signed(v)).signed());
    }
  }

  @Test
  void everyTruncationIsAnError() {
    byte[] whole = unsigned(-1);
    for (int n = 0; n < whole.length; n++) {
      byte[] cut = Arrays.copyOf(whole, n);
      IOException e = assertThrows(IOException.class, () -> cursor(cut).unsigned());
      assertEquals("bytes cut off at byte " + n, e.getMessage());
    }
  }

  @Test
  void moreThan64BitsAreAnError() {
    assertThrows(IOException.class, () -> cursor("ffffffffffffffffff02").unsigned());
    assertThrows(IOException.class, () -> cursor("ffffffffffffffffff7f").unsigned());
    assertThrows(IOException.class, () -> cursor("80808080808080808080" + "00").unsigned());
    assertThrows(IOException.class, () -> cursor("ffffffffffffffffffff01").signed());
  }

  @Test
  void aCursorStaysInsideItsRange() throws IOException {
    ByteCursor in = new ByteCursor(new byte[] {9, 1, 2, (byte) 0x80, 1}, 1, 4);
    assertEquals(3, in.remaining());
    assertEquals(1, in.skip(2, "bytes"));
    assertEquals(3, in.position());
    assertThrows(IOException.class, in::unsigned);
    assertThrows(IOException.class, () -> in.skip(1, "byte"));
    assertThrows(IOException.class, () -> in.skip(-1, "byte"));
    assertThrows(IOException.class, () -> in.skip(Long.MAX_VALUE, "bytes"));
  }
}
