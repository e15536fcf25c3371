package io.lamella.promql.exec;

import io.lamella.promql.ast.Feature;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.List;

/// The state of one running query: time range and settings, annotations, limits, open cursors. Used
/// by one thread.
public final class QueryRun implements AutoCloseable {
  private static final int SAMPLES_PER_CHECK = 1 << 16;

  /// The length of an array.
  private static final int MAX_STEPS = Integer.MAX_VALUE - 64;

  private final SeriesSource source;
  private final EvaluationSettings settings;
  private final QueryMemory memory;
  private final Annotations annotations;
  private final List<SeriesSource.Prepared> open = new ArrayList<>();
  private final List<Runnable> spare = new ArrayList<>();
  private boolean succeeded;
  private long samples;
  private long peak;
  private long total;
  private int samplesUntilCheck = SAMPLES_PER_CHECK;

  public QueryRun(SeriesSource source, EvaluationSettings settings) {
    this.source = source;
    this.settings = settings;
    this.memory = new QueryMemory(new SpareFirst(settings.limits().memory()));
    this.annotations = new Annotations(memory);
  }

  /// The state of a [WorkerRun].
  QueryRun(QueryRun query, QueryMemory memory, Annotations annotations) {
    this.source = query.source;
    this.settings = query.settings;
    this.memory = memory;
    this.annotations = annotations;
  }

  /// Gives up memory that only makes the query faster before it waits for more or is refused it.
  private final class SpareFirst implements QueryMemory.Account {
    private final QueryMemory.Account account;

    SpareFirst(QueryMemory.Account account) {
      this.account = account;
    }

    @Override
    public void reserve(long bytes) {
      if (spare.isEmpty() || !account.tryReserve(bytes)) {
        spare.forEach(Runnable::run);
        account.reserve(bytes);
      }
    }

    @Override
    public boolean tryReserve(long bytes) {
      return account.tryReserve(bytes);
    }

    @Override
    public void release(long bytes) {
      account.release(bytes);
    }
  }

  /// Registers what gives back memory that the query can do without. It is called by the thread of
  /// the query while that reserves memory.
  public void onShortage(Runnable giveBack) {
    spare.add(giveBack);
  }

  public QueryMemory memory() {
    return memory;
  }

  /// A buffer for one series over all steps, which the query holds until its end.
  public StepSeries buffer(int steps) {
    memory.hold(QueryMemory.ofSteps(steps));
    return new StepSeries(steps);
  }

  /// Gives back a buffer that is not used any more.
  public void releaseBuffer(int steps) {
    memory.release(QueryMemory.ofSteps(steps));
  }

  /// Keeps a copy of what a buffer holds, and counts its samples.
  public StoredSeries store(StepSeries s) {
    hold(s.count());
    long bytes = StoredSeries.bytes(s);
    memory.hold(bytes);
    return StoredSeries.of(s, bytes);
  }

  /// Releases what [#store] counted; the series is not used any more.
  public void release(StoredSeries s) {
    release(s.count());
    memory.release(s.bytes());
  }

  /// The steps from start to end, where a series with an element at each of them would still be
  /// within the limit of samples. Beyond it nothing is allocated.
  ///
  /// @throws EvaluationException.TooManySamples beyond the limit
  public Steps steps(long startMillis, long endMillis, long stepMillis) {
    checkSteps(Steps.count(startMillis, endMillis, stepMillis));
    return Steps.range(startMillis, endMillis, stepMillis);
  }

  /// Steps that are listed one by one, within the same limit.
  public Steps.Listing listing(long stepMillis) {
    return new Steps.Listing(this, stepMillis);
  }

  /// Checks the number of steps. An instant query has one even where no sample is allowed.
  ///
  /// @throws EvaluationException.TooManySamples beyond the limit
  void checkSteps(long count) {
    if (count > Math.max(1, Math.min(settings.limits().maxSamples(), MAX_STEPS))) {
      throw tooManySamples(count);
    }
  }

  public SeriesSource source() {
    return source;
  }

  public EvaluationSettings settings() {
    return settings;
  }

  public boolean isInstant() {
    return settings.stepMillis() == 0;
  }

  public boolean has(Feature feature) {
    return settings.features().contains(feature);
  }

  /// True where names are removed at the end of the query only.
  public boolean delaysNames() {
    return has(Feature.DELAYED_NAME_REMOVAL);
  }

  public Annotations annotations() {
    return annotations;
  }

  /// Registers a cursor to be closed at the end of the query.
  public SeriesSet closeAtEnd(SeriesSet set) {
    open.add(set::close);
    return set;
  }

  public void closeAtEnd(SeriesSource.Prepared prepared) {
    open.add(prepared);
  }

  /// Checks for cancellation and the deadline. To be called about once a series.
  ///
  /// @throws EvaluationException where the query is cancelled or out of time
  public void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw new EvaluationException.Interrupted("query was canceled in expression evaluation");
    }
    if (System.nanoTime() - settings.limits().deadlineNanos() > 0) {
      throw new EvaluationException.DeadlineExceeded("query timed out in expression evaluation");
    }
  }

  /// To be called in inner loops, once for a few hundred samples; calls [#check] now and then.
  public void tick() {
    tick(SAMPLES_PER_CHECK >> 8);
  }

  /// To be called in inner loops with the number of samples of one iteration.
  public void tick(int work) {
    samplesUntilCheck -= work;
    if (samplesUntilCheck < 0) {
      samplesUntilCheck = SAMPLES_PER_CHECK;
      check();
    }
  }

  /// Counts samples that are held in memory.
  ///
  /// @throws EvaluationException.TooManySamples beyond the limit
  public void hold(long n) {
    samples += n;
    peak = Math.max(peak, samples);
    if (samples > settings.limits().maxSamples()) {
      throw tooManySamples(samples);
    }
  }

  private EvaluationException tooManySamples(long actual) {
    return new EvaluationException.TooManySamples(
        "query processing would load too many samples into memory in query execution",
        settings.limits().maxSamples(),
        actual);
  }

  public void release(long n) {
    samples -= n;
  }

  /// Counts samples that a selector has read.
  public void countSamples(long n) {
    total += n;
  }

  public long peakSamples() {
    return peak;
  }

  public long totalSamples() {
    return total;
  }

  /// The samples that were counted, which are not counted here any more.
  long takeSamples() {
    long n = total;
    total = 0;
    return n;
  }

  /// Gives back the memory of everything but the result, when that is complete.
  public void succeed() {
    memory.keepResult();
    succeeded = true;
  }

  @Override
  public void close() {
    if (!succeeded) {
      memory.abandon();
    }
    RuntimeException first = null;
    for (SeriesSource.Prepared set : open.reversed()) {
      try {
        set.close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    open.clear();
    if (first != null) {
      throw first;
    }
  }
}
