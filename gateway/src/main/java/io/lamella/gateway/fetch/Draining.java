package io.lamella.gateway.fetch;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Lets requests end by themselves whose response nobody needs any more, so that their connections
/// can be used again: an HTTP/1.1 connection is of use only after the last byte of a response. So
/// many at a time and for so long; what is beyond is interrupted, which closes the connection.
final class Draining {
  private static final int MAX_REQUESTS = 32;
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private final Semaphore places;
  private final Duration longest;

  Draining(int maxRequests, Duration longest) {
    this.places = new Semaphore(maxRequests);
    this.longest = longest;
  }

  static Draining standard() {
    return new Draining(MAX_REQUESTS, LONGEST);
  }

  void drain(Future<?> request) {
    if (request.isDone()) {
      return;
    }
    if (!places.tryAcquire()) {
      request.cancel(true);
      return;
    }
    Thread.ofVirtual()
        .name("drain")
        .start(() -> {
          try {
            request.get(longest.toNanos(), TimeUnit.NANOSECONDS);
          } catch (TimeoutException | InterruptedException e) {
            request.cancel(true);
          } catch (ExecutionException | CancellationException e) {
            // Ended as well; nobody waits for the response.
          } finally {
            places.release();
          }
        });
  }
}
