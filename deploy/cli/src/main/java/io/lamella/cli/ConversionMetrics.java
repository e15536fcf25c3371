package io.lamella.cli;

import io.lamella.converter.ConversionSummary;
import io.lamella.converter.ItemOutcome;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// Counts what conversions do, and writes it in the text format of Prometheus. Thread-safe.
final class ConversionMetrics {
  private final AtomicLong planned = new AtomicLong();
  private final AtomicLong running = new AtomicLong();
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong failedDays = new AtomicLong();
  private final AtomicLong samples = new AtomicLong();
  private final AtomicLong writtenBytes = new AtomicLong();
  private final AtomicLong sourceBytes = new AtomicLong();
  private final AtomicLong complete = new AtomicLong();
  private final AtomicLong incomplete = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong problems = new AtomicLong();
  private final AtomicLong lastSeconds = new AtomicLong();

  void planned(long days) {
    planned.addAndGet(days);
  }

  void started() {
    running.incrementAndGet();
  }

  void samples(long more) {
    samples.addAndGet(more);
  }

  void ended(ItemOutcome outcome, boolean wasStarted) {
    planned.decrementAndGet();
    if (wasStarted) {
      running.decrementAndGet();
    }
    switch (outcome) {
      case ItemOutcome.Published p -> {
        published.incrementAndGet();
        writtenBytes.addAndGet(p.meta().bytes());
      }
      case ItemOutcome.AlreadyThere _ -> {}
      case ItemOutcome.Failed _ -> failedDays.incrementAndGet();
    }
  }

  void ended(ConversionSummary summary) {
    (summary.isComplete() ? complete : incomplete).incrementAndGet();
    sourceBytes.addAndGet(summary.sourceBytes());
    problems.set(summary.problems().size());
    lastSeconds.set(Instant.now().getEpochSecond());
  }

  void failed() {
    failed.incrementAndGet();
    planned.set(0);
    running.set(0);
  }

  String text() {
    StringBuilder out = new StringBuilder();
    gauge(out, "pending_days", "Stream days that are planned and not converted yet.", planned);
    gauge(out, "running_days", "Stream days that are being converted.", running);
    counter(out, "blocks_published_total", "Blocks that were published.", published);
    counter(out, "failed_days_total", "Conversions of stream days that failed.", failedDays);
    counter(out, "samples_total", "Samples that were written.", samples);
    counter(out, "written_bytes_total", "Bytes of the published blocks.", writtenBytes);
    counter(out, "source_read_bytes_total", "Bytes of TSDB blocks that were read.", sourceBytes);
    head(out, "runs_total", "Runs by how they ended.", "counter");
    out.append("lamella_converter_runs_total{outcome=\"complete\"} ").append(complete);
    out.append("\nlamella_converter_runs_total{outcome=\"incomplete\"} ").append(incomplete);
    out.append("\nlamella_converter_runs_total{outcome=\"failed\"} ").append(failed).append('\n');
    gauge(out, "problems", "Damaged blocks and failed days of the last run.", problems);
    gauge(
        out,
        "last_run_timestamp_seconds",
        "Unix time when the last run ended that did not fail; 0 before.",
        lastSeconds);
    return out.toString();
  }

  private static void gauge(StringBuilder out, String name, String help, AtomicLong value) {
    single(out, name, help, "gauge", value);
  }

  private static void counter(StringBuilder out, String name, String help, AtomicLong value) {
    single(out, name, help, "counter", value);
  }

  private static void single(
      StringBuilder out, String name, String help, String type, AtomicLong value) {
    head(out, name, help, type);
    out.append("lamella_converter_").append(name).append(' ').append(value).append('\n');
  }

  private static void head(StringBuilder out, String name, String help, String type) {
    out.append("# HELP lamella_converter_").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE lamella_converter_").append(name).append(' ').append(type).append('\n');
  }
}
