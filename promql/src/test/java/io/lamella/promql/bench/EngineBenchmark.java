package io.lamella.promql.bench;

import io.lamella.promql.QueryResult;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Whole range queries over series in memory: text in, result out.
///
/// The unit is the step-sample: one series at one step, counted on the larger side of a binary
/// operator. Scores are millions of step-samples per second on one core (`ops/us`), and
/// `gc.alloc.rate.norm` is the bytes allocated for one.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:ActiveProcessorCount=1"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBenchmark {
  /// Many series over an hour.
  @State(Scope.Benchmark)
  public static class Wide {
    static final int SERIES = 3_000;
    static final int STEPS = 241;

    /// All query classes, unless the command line names some.
    @Param public QueryClass query = QueryClass.SELECTOR;

    BenchQuery prepared = BenchQuery.NONE;

    @Setup
    public void prepare() {
      prepared = BenchQuery.of(query, new BenchSeries(SERIES, STEPS));
    }
  }

  /// Few series over 42 hours.
  @State(Scope.Benchmark)
  public static class Deep {
    static final int SERIES = 100;
    static final int STEPS = 10_000;

    /// All query classes, unless the command line names some.
    @Param public QueryClass query = QueryClass.SELECTOR;

    BenchQuery prepared = BenchQuery.NONE;

    @Setup
    public void prepare() {
      prepared = BenchQuery.of(query, new BenchSeries(SERIES, STEPS));
    }
  }

  @Benchmark
  @OperationsPerInvocation(Wide.SERIES * Wide.STEPS)
  public QueryResult wide(Wide data) {
    return data.prepared.run();
  }

  @Benchmark
  @OperationsPerInvocation(Deep.SERIES * Deep.STEPS)
  public QueryResult deep(Deep data) {
    return data.prepared.run();
  }
}
