package io.lamella.gateway.select;

import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource.Prepared;
import io.lamella.storage.concurrent.TaskFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/// The selections of one query that are opened before they are selected, a virtual thread each.
///
/// Who selects a series set closes it. A set that nobody selects, or that is opened when nobody
/// waits for it any more, is closed here: it may hold a thread that decodes ahead.
final class PreparedSelections {
  private final Function<Selection, SeriesSet> open;
  private final Function<Runnable, Thread> starter;
  private final Map<Selection, CompletableFuture<SeriesSet>> running = new ConcurrentHashMap<>();

  /// @param open opens a selection; called by many threads at once
  PreparedSelections(Function<Selection, SeriesSet> open) {
    this(open, Thread::startVirtualThread);
  }

  /// @param starter starts a thread
  PreparedSelections(Function<Selection, SeriesSet> open, Function<Runnable, Thread> starter) {
    this.open = open;
    this.starter = starter;
  }

  /// Starts to open selections.
  Prepared start(List<Selection> selections) {
    List<Thread> threads = new ArrayList<>();
    Map<Selection, CompletableFuture<SeriesSet>> started = new HashMap<>();
    Prepared prepared =
        () -> {
          threads.forEach(Thread::interrupt);
          started.forEach((s, result) -> {
            if (running.remove(s, result)) {
              result.thenAccept(SeriesSet::close);
            }
          });
        };
    try {
      for (Selection s : selections) {
        CompletableFuture<SeriesSet> result = new CompletableFuture<>();
        if (running.putIfAbsent(s, result) == null) {
          started.put(s, result);
          threads.add(starter.apply(CurrentSpan.carry(() -> open(s, result))));
        }
      }
    } catch (RuntimeException | Error e) {
      prepared.close();
      throw e;
    }
    return prepared;
  }

  private void open(Selection selection, CompletableFuture<SeriesSet> result) {
    try {
      result.complete(open.apply(selection));
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  /// The series of a selection, opened now where it was not started.
  SeriesSet select(Selection selection) {
    CompletableFuture<SeriesSet> result = running.remove(selection);
    if (result == null) {
      return open.apply(selection);
    }
    try {
      return result.get();
    } catch (InterruptedException e) {
      result.thenAccept(SeriesSet::close);
      throw RowSelector.failure(e);
    } catch (ExecutionException e) {
      throw RowSelector.failure(TaskFailure.of(e));
    }
  }
}
