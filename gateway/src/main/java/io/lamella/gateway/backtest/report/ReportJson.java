package io.lamella.gateway.backtest.report;

import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Verdict;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A whole result as one JSON object, in the form of Prometheus' API.
final class ReportJson {
  /// About what a thread makes at once, so that their texts take little memory.
  private static final int BATCH_BYTES = 128 << 10;

  private static final int THREADS = Math.min(8, Runtime.getRuntime().availableProcessors());

  private ReportJson() {}

  /// @param verdicts in the order of the report, as `proposals`
  static void write(
      Basis basis,
      List<Verdict> verdicts,
      List<Proposal> proposals,
      Summary summary,
      BacktestReport.Output to)
      throws IOException {
    StringBuilder out = new StringBuilder("{\"status\":\"success\",\"data\":{\"summary\":");
    VerdictJson.summary(out, summary, "{");
    VerdictJson.basisMembers(out, basis);
    out.append(",\"verdicts\":[");
    to.write(out.toString());
    verdicts(verdicts, to);
    to.write("]");
    String before = ",\"proposals\":[\n{";
    for (Proposal p : proposals) {
      out.setLength(0);
      ProposalJson.proposal(out, p, before);
      to.write(out.toString());
      before = ",\n{";
    }
    to.write(proposals.isEmpty() ? "}}\n" : "]}}\n");
  }

  /// Writes verdicts, of which several threads make the texts.
  private static void verdicts(List<Verdict> verdicts, BacktestReport.Output to)
      throws IOException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ArrayDeque<Future<String>> batches = new ArrayDeque<>();
      for (int next = 0; next < verdicts.size(); ) {
        int from = next;
        int end = batchEnd(verdicts, from);
        batches.add(threads.submit(() -> text(verdicts, from, end)));
        next = end;
        if (batches.size() == THREADS) {
          to.write(batches.remove().get());
        }
      }
      for (Future<String> batch : batches) {
        to.write(batch.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the report was canceled");
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot write the report: " + e.getCause(), e);
    }
  }

  private static int batchEnd(List<Verdict> verdicts, int from) {
    int end = from;
    for (long bytes = 0; end < verdicts.size() && bytes < BATCH_BYTES; end++) {
      bytes += BacktestReport.bytes(verdicts.get(end));
    }
    return end;
  }

  private static String text(List<Verdict> verdicts, int from, int end) {
    StringBuilder out = new StringBuilder(BATCH_BYTES);
    for (int i = from; i < end; i++) {
      VerdictJson.verdict(out, verdicts.get(i), i == 0 ? "\n{" : ",\n{");
    }
    return out.toString();
  }
}
