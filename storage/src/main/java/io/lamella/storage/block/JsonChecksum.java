package io.lamella.storage.block;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/// The end of Lamella's JSON objects: the last member, `"crc32c"`, is the checksum of every byte
/// before the comma in front of it, so a changed byte is detected before anything is parsed.
public final class JsonChecksum {
  private static final byte[] MEMBER = ",\n  \"crc32c\": \"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\"\n}\n".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGITS = 8;

  private JsonChecksum() {}

  /// An object, indented, that ends in its checksum.
  ///
  /// @param members writes all members but the checksum
  public static byte[] write(Consumer<JsonGenerator> members) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = BlockMetaJson.JSON.createGenerator(new Indented(), out)) {
      json.writeStartObject();
      members.accept(json);
      json.flush();
      byte[] body = out.toByteArray();
      json.writeEndObject();
      return close(body);
    }
  }

  /// Two spaces a level, `"name": value`.
  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter(
              Separators.createDefaultInstance()
                  .withObjectNameValueSpacing(Separators.Spacing.AFTER))
          .withObjectIndenter(new DefaultIndenter("  ", "\n"));
    }
  }

  /// @param body the text of an object without the checksum member and the closing brace
  static byte[] close(byte[] body) {
    byte[] out = Arrays.copyOf(body, body.length + MEMBER.length + DIGITS + END.length);
    System.arraycopy(MEMBER, 0, out, body.length, MEMBER.length);
    byte[] digits = checksum(body, body.length).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, out, body.length + MEMBER.length, DIGITS);
    System.arraycopy(END, 0, out, out.length - END.length, END.length);
    return out;
  }

  /// @throws IOException where the bytes do not end in a checksum or do not match it
  public static void check(byte[] bytes) throws IOException {
    int end = bytes.length - END.length;
    int digits = end - DIGITS;
    int body = digits - MEMBER.length;
    if (body < 0
        || !Arrays.equals(bytes, body, digits, MEMBER, 0, MEMBER.length)
        || !Arrays.equals(bytes, end, bytes.length, END, 0, END.length)) {
      throw new IOException("it does not end in its checksum");
    }
    String expected = new String(bytes, digits, DIGITS, StandardCharsets.US_ASCII);
    String actual = checksum(bytes, body);
    if (!actual.equals(expected)) {
      throw new IOException("checksum " + actual + ", expected " + expected);
    }
  }

  private static String checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return String.format("%08x", (int) crc.getValue());
  }
}
