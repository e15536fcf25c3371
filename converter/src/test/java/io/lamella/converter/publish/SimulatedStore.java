package io.lamella.converter.publish;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// A store whose requests take virtual time, in which other processes run. Some fail, and of some
/// the response is lost; such a request may take effect later, also when its sender is dead.
final class SimulatedStore extends ForwardingObjectStore {
  private static final long MINUTE = 60_000;
  private static final int LONGEST_UPLOAD_HOURS = 20;

  private final Simulation simulation;
  private final Runnable changed;

  /// @param changed called after each change
  SimulatedStore(ObjectStore store, Simulation simulation, Runnable changed) {
    super(store);
    this.simulation = simulation;
    this.changed = changed;
  }

  @FunctionalInterface
  private interface Request<T> {
    T send() throws ObjectStoreException;
  }

  private <T> T read(Request<T> request) throws ObjectStoreException {
    return send(simulation.latencyMillis(), request);
  }

  private <T> T write(long millis, Request<T> request) throws ObjectStoreException {
    return send(
        millis,
        () -> {
          T result = request.send();
          changed.run();
          return result;
        });
  }

  private <T> T send(long millis, Request<T> request) throws ObjectStoreException {
    simulation.requireAlive();
    int fate = simulation.random().nextInt(100);
    if (fate < 3) {
      simulation.pause(millis);
      throw new ObjectStoreException.Unavailable("status 503", null);
    }
    if (fate < 6) {
      simulation.later(simulation.latencyMillis(), () -> arrive(request));
      simulation.pause(simulation.latencyMillis());
      throw new ObjectStoreException.Unknown("the response was lost", null);
    }
    try {
      simulation.pause(millis);
    } catch (Simulation.Killed e) {
      if (simulation.random().nextBoolean()) {
        arrive(request);
      }
      throw e;
    }
    T result = request.send();
    simulation.pause(simulation.latencyMillis());
    return result;
  }

  private static <T> void arrive(Request<T> request) {
    try {
      request.send();
    } catch (ObjectStoreException e) {
      // Nobody waits for the response.
    }
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
    return read(() -> store().listPage(prefix, token));
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    return read(() -> store().head(key));
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return read(() -> store().readAll(key, maxBytes));
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return read(() -> store().read(object, range));
  }

  @Override
  public ObjectVersion put(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return write(simulation.latencyMillis(), () -> store().put(key, bytes.duplicate()));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return write(simulation.latencyMillis(), () -> store().putIfAbsent(key, bytes.duplicate()));
  }

  /// Takes from milliseconds to many hours.
  @Override
  public PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException {
    double exponent = simulation.random().nextDouble();
    long longest = Duration.ofHours(LONGEST_UPLOAD_HOURS).toMillis();
    return write(
        (long) Math.pow(longest, exponent) + simulation.random().nextLong(MINUTE),
        () -> store().putIfAbsent(key, file));
  }

  @Override
  public void delete(ObjectKey key) throws ObjectStoreException {
    write(
        simulation.latencyMillis(),
        () -> {
          store().delete(key);
          return Boolean.TRUE;
        });
  }
}
