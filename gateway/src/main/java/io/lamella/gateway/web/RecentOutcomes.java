package io.lamella.gateway.web;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A bounded set of what was found out, or asked for, lately about passwords. It holds no
/// passwords, only digests of them by a secret of the process. Thread-safe.
final class RecentOutcomes {
  private static final String DIGEST = "HmacSHA256";

  /// One secret, since keys are looked up in several sets.
  private static final SecretKeySpec SECRET = new SecretKeySpec(random(), DIGEST);

  private final long lifeNanos;
  private final LongSupplier nanos;
  private final Map<Key, Long> since;

  /// A digest of user, hash and password.
  record Key(ByteBuffer digest) {}

  RecentOutcomes(int max, Duration life, LongSupplier nanos) {
    this.lifeNanos = life.toNanos();
    this.nanos = nanos;
    this.since =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
            return size() > max;
          }
        };
  }

  private static byte[] random() {
    byte[] out = new byte[32];
    new SecureRandom().nextBytes(out);
    return out;
  }

  static Key key(String user, String hash, String password) {
    try {
      Mac mac = Mac.getInstance(DIGEST);
      mac.init(SECRET);
      for (String part : new String[] {user, hash, password}) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        mac.update(bytes);
      }
      return new Key(ByteBuffer.wrap(mac.doFinal()).asReadOnlyBuffer());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks " + DIGEST, e);
    }
  }

  synchronized void add(Key key) {
    since.remove(key);
    since.put(key, nanos.getAsLong());
  }

  /// Keeps what it finds for another life: who is at work is not to wait behind guesses again.
  synchronized boolean contains(Key key) {
    Long used = since.remove(key);
    if (used == null || nanos.getAsLong() - used > lifeNanos) {
      return false;
    }
    add(key);
    return true;
  }
}
