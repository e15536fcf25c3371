package io.lamella.converter.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Semaphore;

/// Runs a few processes in virtual time, one thread at a time. Which one is next is decided by
/// their random pauses, so a seed gives the same interleaving each time.
final class Simulation {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final PriorityQueue<Wake> queue = new PriorityQueue<>();
  private final Semaphore done = new Semaphore(0);
  private final Random random;
  private long nowMillis;
  private long wakes;
  private Actor current = new Actor(new Process(0, Long.MAX_VALUE));
  private Throwable failure = new Killed();

  /// Ends the threads of a killed process. An error, so that nothing handles it.
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private record Wake(long atMillis, long number, Actor actor) implements Comparable<Wake> {
    @Override
    public int compareTo(Wake other) {
      int c = Long.compare(atMillis, other.atMillis);
      return c != 0 ? c : Long.compare(number, other.number);
    }
  }

  /// One thread of a process.
  private static final class Actor {
    final Process process;
    final Semaphore turn = new Semaphore(0);
    volatile boolean interrupted;

    Actor(Process process) {
      this.process = process;
    }
  }

  /// One process of a machine with its own clock.
  record Process(long clockOffsetMillis, long killedAtMillis) {}

  Simulation(long seed) {
    random = new Random(seed);
  }

  Random random() {
    return random;
  }

  Instant now() {
    return START.plusMillis(nowMillis);
  }

  long nowMillis() {
    return nowMillis;
  }

  /// Starts a process after a while.
  void start(Process process, long afterMillis, Runnable body) {
    start(new Actor(process), afterMillis, body);
  }

  private void start(Actor actor, long afterMillis, Runnable body) {
    queue.add(new Wake(nowMillis + afterMillis, wakes++, actor));
    Thread.ofVirtual()
        .start(() -> {
          actor.turn.acquireUninterruptibly();
          try {
            requireAlive();
            body.run();
          } catch (Killed e) {
            // As intended.
          } catch (Throwable e) {
            fail(e);
          } finally {
            next();
          }
        });
  }

  /// Runs all processes to their ends.
  ///
  /// @throws AssertionError the first failure
  void run() {
    next();
    done.acquireUninterruptibly();
    if (!(failure instanceof Killed)) {
      throw new AssertionError(String.valueOf(failure.getMessage()), failure);
    }
  }

  void fail(Throwable e) {
    if (failure instanceof Killed) {
      failure = e;
    }
  }

  private void next() {
    Wake wake = queue.poll();
    if (wake == null) {
      done.release();
      return;
    }
    nowMillis = wake.atMillis;
    current = wake.actor;
    wake.actor.turn.release();
  }

  /// Lets the current thread wait while others run.
  void pause(long millis) {
    Actor me = current;
    queue.add(new Wake(nowMillis + millis, wakes++, me));
    next();
    me.turn.acquireUninterruptibly();
    requireAlive();
  }

  /// @throws Killed where the current process is not alive any more
  void requireAlive() {
    if (nowMillis >= current.process.killedAtMillis) {
      throw new Killed();
    }
  }

  /// Runs something later that belongs to no process, such as a request that is on its way.
  void later(long millis, Runnable effect) {
    start(new Process(0, Long.MAX_VALUE), millis, effect);
  }

  /// Mostly short, sometimes as long as a request may be.
  long latencyMillis() {
    int kind = random.nextInt(100);
    long longest = kind < 80 ? 500 : kind < 97 ? 60_000 : BlockLease.IN_FLIGHT.toMillis() - 1;
    return 1 + random.nextLong(longest);
  }

  /// The time of a process: only its differences mean anything.
  LeaseTime time() {
    return new LeaseTime() {
      @Override
      public Duration elapsed() {
        return Duration.ofMillis(nowMillis + current.process.clockOffsetMillis);
      }

      @Override
      public void sleep(Duration length) throws InterruptedException {
        Actor me = current;
        pause(length.toMillis());
        if (me.interrupted) {
          throw new InterruptedException();
        }
      }

      @Override
      public Background start(Runnable task) {
        Actor actor = new Actor(current.process);
        Simulation.this.start(actor, 0, task);
        return () -> actor.interrupted = true;
      }
    };
  }
}
