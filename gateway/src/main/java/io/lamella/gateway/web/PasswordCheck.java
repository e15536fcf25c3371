package io.lamella.gateway.web;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Checks the passwords of users against their bcrypt hashes. Thread-safe.
///
/// A bcrypt computation takes tens of milliseconds of CPU on purpose. So few run at once, however
/// many guesses arrive, clients take turns, and outcomes are remembered until they were not asked
/// for some minutes. Right and wrong passwords are remembered apart: guesses do not make those
/// forgotten who know theirs. An unknown user costs a computation as well, so that the time does
/// not tell who exists.
public final class PasswordCheck {
  private static final BCrypt.Version ANY = BCrypt.Version.VERSION_2A;

  /// As in Go, what is beyond the 72 bytes of bcrypt does not count.
  private static final BCrypt.Verifyer VERIFIER =
      BCrypt.verifyer(ANY, LongPasswordStrategies.truncate(ANY));

  private static final int MAX_RIGHT = 1000;
  private static final int MAX_WRONG = 1000;
  private static final Duration REMEMBERED = Duration.ofMinutes(5);
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  /// Where the cost stands in a hash such as `$2y$10$…`.
  private static final int COST_START = 4;

  private static final int COST_END = 6;

  private final Bcrypt bcrypt;
  private final Duration maxWait;
  private final ClientTurns turns;
  private final RecentOutcomes right;
  private final RecentOutcomes wrong;

  /// Computes whether a password has a hash.
  @FunctionalInterface
  interface Bcrypt {
    boolean verify(byte[] password, String hash);
  }

  /// Outcomes of a check.
  public enum Outcome {
    RIGHT,
    WRONG,
    /// Not known: too many other passwords were being checked.
    BUSY
  }

  /// @param permits of computations at once
  /// @param maxWait for a permit
  /// @param nanos a clock
  PasswordCheck(Bcrypt bcrypt, int permits, Duration maxWait, LongSupplier nanos) {
    this.bcrypt = bcrypt;
    this.maxWait = maxWait;
    this.turns = new ClientTurns(permits);
    this.right = new RecentOutcomes(MAX_RIGHT, REMEMBERED, nanos);
    this.wrong = new RecentOutcomes(MAX_WRONG, REMEMBERED, nanos);
  }

  /// One that computes on at most a quarter of the processors.
  public static PasswordCheck ofProcess() {
    return new PasswordCheck(
        (password, hash) ->
            VERIFIER.verify(password, hash.getBytes(StandardCharsets.US_ASCII)).verified,
        Math.max(1, Runtime.getRuntime().availableProcessors() / 4),
        MAX_WAIT,
        System::nanoTime);
  }

  /// A password that is claimed to be a user's.
  ///
  /// @param client who claims it
  public record Attempt(String client, String user, String password) {}

  /// @param users hashes by user, at least one
  public Outcome check(Map<String, String> users, Attempt attempt) throws InterruptedException {
    Optional<String> own = Optional.ofNullable(users.get(attempt.user()));
    String hash = own.orElseGet(() -> decoy(users));
    // Not the hash of the decoy: its outcomes say nothing of this user, even if it was one before.
    RecentOutcomes.Key key = RecentOutcomes.key(attempt.user(), own.orElse(""), attempt.password());
    Optional<Outcome> known = known(key);
    if (known.isPresent()) {
      return known.get();
    }
    if (!turns.tryAcquire(attempt.client(), maxWait)) {
      return Outcome.BUSY;
    }
    try {
      // Another request may have had the same password checked meanwhile.
      return known(key).orElseGet(() -> compute(key, own.isPresent(), hash, attempt.password()));
    } finally {
      turns.release(attempt.client());
    }
  }

  private Optional<Outcome> known(RecentOutcomes.Key key) {
    if (right.contains(key)) {
      return Optional.of(Outcome.RIGHT);
    }
    return wrong.contains(key) ? Optional.of(Outcome.WRONG) : Optional.empty();
  }

  private Outcome compute(RecentOutcomes.Key key, boolean isUser, String hash, String password) {
    boolean verified = bcrypt.verify(password.getBytes(StandardCharsets.UTF_8), hash);
    Outcome out = verified && isUser ? Outcome.RIGHT : Outcome.WRONG;
    (out == Outcome.RIGHT ? right : wrong).add(key);
    return out;
  }

  /// The hash that costs most, for users that there are not.
  private static String decoy(Map<String, String> users) {
    return users.values().stream()
        .max(Comparator.comparing(h -> h.substring(COST_START, COST_END)))
        .orElseThrow(() -> new IllegalArgumentException("there are no users"));
  }
}
