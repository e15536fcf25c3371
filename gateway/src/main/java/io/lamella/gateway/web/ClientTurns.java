package io.lamella.gateway.web;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Permits that clients take in turn: each has or awaits at most one, and its further requests wait
/// for that. So one that asks for many holds up itself, and others by one at most. Thread-safe.
final class ClientTurns {
  private final Semaphore permits;
  private final Map<String, Client> clients = new HashMap<>();

  /// Guarded by the turns.
  private static final class Client {
    private final Semaphore one = new Semaphore(1, true);
    private int requests;
  }

  ClientTurns(int permits) {
    this.permits = new Semaphore(permits, true);
  }

  /// @return false where there was no permit in time; else one is to be given back
  boolean tryAcquire(String client, Duration maxWait) throws InterruptedException {
    long deadline = System.nanoTime() + maxWait.toNanos();
    Client own = enter(client);
    boolean isAcquired = false;
    boolean isFirst = false;
    try {
      isFirst = own.one.tryAcquire(maxWait.toNanos(), TimeUnit.NANOSECONDS);
      isAcquired =
          isFirst && permits.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      return isAcquired;
    } finally {
      if (!isAcquired) {
        if (isFirst) {
          own.one.release();
        }
        leave(client, own);
      }
    }
  }

  void release(String client) {
    permits.release();
    Client own;
    synchronized (clients) {
      own = clients.get(client);
    }
    if (own == null) {
      throw new IllegalStateException("client " + client + " has no permit");
    }
    own.one.release();
    leave(client, own);
  }

  private Client enter(String client) {
    synchronized (clients) {
      Client own = clients.computeIfAbsent(client, _ -> new Client());
      own.requests++;
      return own;
    }
  }

  private void leave(String client, Client own) {
    synchronized (clients) {
      own.requests--;
      if (own.requests == 0) {
        clients.remove(client);
      }
    }
  }

  /// Clients that have or await a permit.
  int size() {
    synchronized (clients) {
      return clients.size();
    }
  }
}
