package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class ContentCodingTest {
  private static String preferred(String accepted) {
    return ContentCoding.preferred(accepted).map(ContentCoding::token).orElse("");
  }

  private static InputStream decoder(ContentCoding coding, byte[] bytes) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    return switch (coding) {
      case ZSTD -> new ZstdInputStream(in);
      case BROTLI -> new BrotliInputStream(in);
      case GZIP -> new GZIPInputStream(in);
    };
  }

  private static byte[] text(int bytes) {
    Random random = new Random(bytes);
    StringBuilder out = new StringBuilder();
    while (out.length() < bytes) {
      out.append("[17").append(random.nextInt(100_000)).append(",\"").append(random.nextInt(9));
    }
    return out.substring(0, bytes).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void qualitiesAreObeyed() {
    assertEquals("gzip", preferred("gzip"));
    assertEquals("zstd", preferred("gzip, deflate, br, zstd"));
    assertEquals("gzip", preferred("gzip;q=1.0, zstd;q=0.5"));
    assertEquals("zstd", preferred("gzip;q=0.4,zstd; q=0.5"));
    assertEquals("gzip", preferred("zstd;q=0, gzip;q=0.1"));
    assertEquals("zstd", preferred("*"));
    assertEquals("gzip", preferred("*;q=0.5, gzip"));
    assertEquals("gzip", preferred("zstd;q=0,br;q=0,*"));
    assertEquals("gzip", preferred("X-GZIP"));
    assertEquals("", preferred(""));
    assertEquals("", preferred("deflate"));
    assertEquals("", preferred("identity"));
    assertEquals("", preferred("identity, gzip;q=0.5"));
    assertEquals("gzip", preferred("identity;q=0.5, gzip;q=0.5"));
    assertEquals("", preferred("gzip;q=0"));
    assertEquals("", preferred("gzip;q=much"));
    assertEquals("", preferred("zstd;q=-1;q=2, ;;,"));
  }

  @Test
  void brotliIsUsedWhereItsLibraryIs() {
    assertEquals(Brotli4jLoader.isAvailable() ? "br" : "gzip", preferred("br, gzip;q=0.5"));
    if (System.getProperty("os.name").equals("Linux")) {
      assertTrue(
          Brotli4jLoader.isAvailable(), String.valueOf(Brotli4jLoader.getUnavailabilityCause()));
    }
  }

  @Test
  void whatIsEncodedIsDecodedToTheSame() throws Exception {
    for (ContentCoding coding : ContentCoding.values()) {
      for (int size : new int[] {4096, 5000, 300_000}) {
        byte[] text = text(size);
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        AtomicInteger encoded = new AtomicInteger();
        try (EncodedOutput out = new EncodedOutput(to, coding, encoded::incrementAndGet)) {
          for (int from = 0; from < size; from += 700) {
            out.write(text, from, Math.min(700, size - from));
          }
        }

        assertEquals(1, encoded.get());
        assertTrue(to.size() < size * 3 / 4, () -> coding + " " + to.size() + " of " + size);
        assertArrayEquals(text, decoder(coding, to.toByteArray()).readAllBytes());
      }
    }
  }

  @Test
  void smallBodiesAreSentAsTheyAre() throws Exception {
    byte[] text = text(4095);
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    AtomicInteger encoded = new AtomicInteger();
    try (EncodedOutput out = new EncodedOutput(to, ContentCoding.ZSTD, encoded::incrementAndGet)) {
      out.write(text);
    }

    assertEquals(0, encoded.get());
    assertArrayEquals(text, to.toByteArray());
  }

  @Test
  void aBodyThatIsDroppedStaysIncomplete() throws Exception {
    for (ContentCoding coding : ContentCoding.values()) {
      AtomicInteger closed = new AtomicInteger();
      ByteArrayOutputStream to =
          new ByteArrayOutputStream() {
            @Override
            public void close() {
              closed.incrementAndGet();
            }
          };
      EncodedOutput out = new EncodedOutput(to, coding, () -> {});
      out.write(text(1_000_000));
      int sent = to.size();
      out.drop();
      out.close();

      assertEquals(sent, to.size(), coding.token());
      assertEquals(0, closed.get());
    }
  }

  @Test
  void aSmallBodyThatIsDroppedIsNotSent() throws Exception {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    EncodedOutput out = new EncodedOutput(to, ContentCoding.GZIP, () -> {});
    out.write(text(100));
    out.drop();

    assertEquals(0, to.size());
  }
}
