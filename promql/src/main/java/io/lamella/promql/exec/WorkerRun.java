package io.lamella.promql.exec;

import java.util.List;
import java.util.function.Consumer;

/// The state of one more thread that evaluates series of a query, or of that of the query while it
/// evaluates them in place of another one. What it counts and warns of is taken after each series,
/// so that the thread of the query adds it where it belongs.
public final class WorkerRun implements AutoCloseable {
  /// What evaluating some series adds to the query.
  ///
  /// @param samples that were read
  /// @param annotations in order
  public record Effects(long samples, List<Consumer<Annotations>> annotations) {
    private static final Effects NONE = new Effects(0, List.of());

    public void addTo(QueryRun query) {
      query.countSamples(samples);
      annotations.forEach(a -> a.accept(query.annotations()));
    }
  }

  private final RecordedAnnotations annotations;
  private final QueryRun run;

  private WorkerRun(QueryRun query, QueryMemory memory) {
    this.annotations = new RecordedAnnotations(memory);
    this.run = new QueryRun(query, memory, annotations);
  }

  /// With memory of its own, to be closed.
  public static WorkerRun ofThread(QueryRun query) {
    return new WorkerRun(
        query, new QueryMemory(new SpareMemory(query.settings().limits().memory())));
  }

  /// With the memory of the query, which holds it until its end.
  public static WorkerRun ofQueryThread(QueryRun query) {
    return new WorkerRun(query, query.memory());
  }

  /// For the operators of the thread.
  public QueryRun run() {
    return run;
  }

  /// The effects since the last call.
  public Effects takeEffects() {
    long samples = run.takeSamples();
    List<Consumer<Annotations>> added = annotations.take();
    return samples == 0 && added.isEmpty() ? Effects.NONE : new Effects(samples, added);
  }

  /// Drops effects that nobody took, and knows no annotation any more.
  public void forgetEffects() {
    takeEffects();
    annotations.forget();
  }

  /// Gives back its memory.
  @Override
  public void close() {
    run.close();
  }
}
