package io.lamella.cli;

import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import io.lamella.gateway.wire.prometheus.ReadQuery;
import io.lamella.gateway.wire.prometheus.ReadRequest;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Generates bodies of remote read: requests for random series, and what remains of them after
/// hostile changes to the message, to its compression and to the length that this states.
final class HostileReads {
  private static final List<String> PATTERNS =
      List.of(".*", ".+", "", "a|b", "(a", "(((a{100}){100}){100}){100}", "(?i)x?", "\ud83e\udd8a");
  private static final List<String> LABELS = List.of("__name__", "dc_id", "", "a.b", "\u0000");
  private static final List<Long> TIMES = List.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L);

  private final Random random;
  private final List<String> names;
  private final long firstMillis;

  /// @param names of metrics that exist
  /// @param firstMillis about which the metrics have samples
  HostileReads(Random random, List<String> names, long firstMillis) {
    this.random = random;
    this.names = names;
    this.firstMillis = firstMillis;
  }

  byte[] next() {
    ReadRequest.Builder request = ReadRequest.newBuilder();
    for (int i = chance(50) ? 5_000 : random.nextInt(3); i >= 0; i--) {
      request.addQueries(query());
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      request.addAcceptedResponseTypesValue(random.nextInt(3));
    }
    byte[] message = request.build().toByteArray();
    if (chance(6)) {
      change(message);
    }
    byte[] body = snappy(message);
    if (chance(6)) {
      change(body);
    }
    if (chance(10)) {
      // States up to 2³⁵ bytes.
      body = Arrays.copyOf(body, Math.max(6, body.length));
      Arrays.fill(body, 0, 4, (byte) 0xff);
      body[4] = (byte) random.nextInt(0x80);
    }
    return chance(10) ? Arrays.copyOf(body, random.nextInt(body.length + 1)) : body;
  }

  private ReadQuery query() {
    ReadQuery.Builder query = ReadQuery.newBuilder();
    query.setStartTimestampMs(chance(6) ? one(TIMES) : firstMillis);
    query.setEndTimestampMs(
        chance(6) ? one(TIMES) : firstMillis + random.nextLong(chance(10) ? 1L << 40 : 3_600_000));
    if (!chance(4)) {
      query.addMatchers(matcher("__name__", one(names)).setType(LabelMatcher.Type.EQ));
    }
    for (int i = chance(50) ? 2_000 : random.nextInt(3); i > 0; i--) {
      query.addMatchers(matcher(one(LABELS), one(PATTERNS)));
    }
    return query.build();
  }

  private LabelMatcher.Builder matcher(String name, String value) {
    return LabelMatcher.newBuilder()
        .setTypeValue(random.nextInt(chance(20) ? 9 : 4))
        .setName(name)
        .setValue(value);
  }

  private static byte[] snappy(byte[] message) {
    byte[] out = new byte[message.length + message.length / 6 + 64];
    int length =
        new SnappyJavaCompressor().compress(message, 0, message.length, out, 0, out.length);
    return Arrays.copyOf(out, length);
  }

  private void change(byte[] bytes) {
    for (int i = random.nextInt(5); i >= 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean chance(int in) {
    return random.nextInt(in) == 0;
  }
}
