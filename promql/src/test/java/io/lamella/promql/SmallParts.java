package io.lamella.promql;

import io.lamella.promql.exec.Workers;
import java.util.concurrent.Semaphore;

/// Workers that take two series at a time, however few there are: so every query whose series are
/// computed one by one runs on several threads.
public final class SmallParts {
  private SmallParts() {}

  public static Workers workers() {
    return workers(new Semaphore(3));
  }

  static Workers workers(Semaphore permits) {
    return new Workers(permits, 3, 1, 2);
  }
}
