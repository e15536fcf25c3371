package io.lamella.promql.exec.selector;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.source.SeriesSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads one part of a selection after the other through one buffer.
final class PartReader implements SeriesReader {
  private final SampleColumns samples = new SampleColumns();
  private final HeldSamples held;
  private @Nullable SeriesSet part;

  PartReader(QueryRun run) {
    this.held = new HeldSamples(run);
  }

  void read(SeriesSet next) {
    part = next;
  }

  private SeriesSet part() {
    return Objects.requireNonNull(part, "no part");
  }

  @Override
  public boolean next() {
    return part().next();
  }

  @Override
  public Labels labels() {
    return part().labels();
  }

  @Override
  public SampleColumns samples() {
    samples.clear();
    part().read(samples);
    held.hold(samples);
    return samples;
  }
}
