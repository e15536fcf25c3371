package io.lamella.gateway.http;

import io.lamella.gateway.association.Associations;
import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.BacktestListener;
import io.lamella.gateway.backtest.BacktestService;
import io.lamella.gateway.backtest.PinnedSnapshots;
import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Window;
import io.lamella.gateway.backtest.report.BacktestReport;
import io.lamella.gateway.backtest.report.ProposalJson;
import io.lamella.gateway.backtest.report.Summary;
import io.lamella.gateway.backtest.report.VerdictJson;
import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryRefused;
import io.lamella.gateway.request.ObservedRequest;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `POST /api/v1/backtest`: the request is the body, as JSON or YAML; the result is a report, or a
/// stream of verdicts as they become final.
final class BacktestApi {
  static final String PATH = "/api/v1/backtest";

  private static final ResponseBody.Form NDJSON =
      new ResponseBody.Form("application/x-ndjson", Optional.of(""));

  /// What the text of a request takes, beside its fields.
  private static final long BYTES_PER_CHARACTER = 4;

  /// Of each offending series.
  private static final int MAX_VALUES = 500;

  private final BacktestService backtests;
  private final PinnedSnapshots pinned;
  private final String engine;

  /// @param pinned snapshots of parts that were asked for
  BacktestApi(BacktestService backtests, PinnedSnapshots pinned, String engine) {
    this.backtests = backtests;
    this.pinned = pinned;
    this.engine = engine;
  }

  /// @param associations those of the gateway
  void backtest(
      byte[] body,
      Associations associations,
      ApiParameters p,
      ObservedRequest request,
      Consumer<ResponseBody> to) {
    QueryOptions options =
        new QueryOptions(
            QueryLimits.NONE,
            FetchLimits.NONE,
            QueryOptions.Explain.NO,
            p.client(),
            request.active());
    String format = p.has("format") ? p.text("format") : "json";
    Optional<BacktestReport.Form> form = BacktestReport.Form.of(format);
    if (form.isEmpty() && !format.equals("ndjson")) {
      throw ApiParameters.invalid("format", "expected ndjson, json, junit or html");
    }
    Optional<Part> part = p.has("part") ? Optional.of(Part.of(p.text("part"))) : Optional.empty();
    if (part.isPresent() && form.isPresent()) {
      throw ApiParameters.invalid("part", "needs format=ndjson");
    }
    try (MemoryPool.Lease memory = backtests.lease()) {
      memory.reserve(BYTES_PER_CHARACTER * body.length);
      Backtest asked =
          BacktestReader.read(new String(body, StandardCharsets.UTF_8), memory)
              .withAssociations(associations)
              .withValues(values(p, form));
      if (part.isPresent() && asked.propose().isPresent()) {
        throw ApiParameters.invalid("part", "a backtest with propose is not divided into parts");
      }
      BacktestService.Prepared whole = prepared(asked, options, memory, p);
      BacktestService.Prepared prepared =
          part.map(x -> whole.part(x.number(), x.parts())).orElse(whole);
      Backtest backtest = prepared.backtest();
      request.evaluates(
          new ActiveQuery.Expression(
              "backtest of "
                  + backtest.windows().size()
                  + " windows by "
                  + backtest.constraints().size()
                  + " constraints",
              backtest.startMillis(),
              backtest.endMillis(),
              backtest.stepMillis()));
      BacktestListener.Basis basis =
          new BacktestListener.Basis(digest(body), engine, prepared.blocks());
      if (form.isEmpty()) {
        List<Window> recorded =
            backtest.windows().subList(asked.windows().size(), backtest.windows().size());
        String start =
            part.isPresent()
                ? VerdictJson.basis(
                    basis, whole.verdicts(), recorded, prepared.numbers(), prepared.pin(pinned))
                : VerdictJson.basis(basis, whole.verdicts(), recorded);
        Lines lines = new Lines(start, part.isPresent(), !p.has("progress") || p.isOn("progress"));
        to.accept(new Stream(prepared, options, lines));
        return;
      }
      BacktestReport report = new BacktestReport(backtest, basis, prepared.verdicts(), memory);
      prepared.run(options, report);
      to.accept(new ReportBody(report, form.get()));
    } catch (BacktestException e) {
      throw new QueryException.BadQuery(String.valueOf(e.getMessage()));
    }
  }

  private static int values(ApiParameters p, Optional<BacktestReport.Form> form) {
    if (!p.has("values")) {
      return form.filter(BacktestReport.Form.HTML::equals).isPresent()
          ? BacktestReport.DRAWN_VALUES
          : 0;
    }
    try {
      int n = Integer.parseInt(p.text("values"));
      if (n >= 0 && n <= MAX_VALUES) {
        return n;
      }
    } catch (NumberFormatException e) {
      // As a number that is out of bounds.
    }
    throw ApiParameters.invalid("values", "expected a whole number from 0 to " + MAX_VALUES);
  }

  private BacktestService.Prepared prepared(
      Backtest asked, QueryOptions options, MemoryPool.Lease memory, ApiParameters p) {
    if (!p.has("snapshot")) {
      return backtests.prepare(asked, options, memory);
    }
    return backtests
        .prepare(asked, options, memory, pinned, p.text("snapshot"))
        .orElseThrow(() ->
            new RequestRefused(
                404,
                "cannot judge a part of the backtest: the blocks are not those of the other parts any more; run it again"));
  }

  /// Which part of a backtest is asked for, such as `2/3`.
  private record Part(int number, int parts) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,4})/([0-9]{1,4})");

    static Part of(String text) {
      Matcher m = TEXT.matcher(text);
      if (m.matches()) {
        Part out = new Part(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
        if (out.number() >= 1 && out.number() <= out.parts()) {
          return out;
        }
      }
      throw ApiParameters.invalid(
          "part",
          "expected two numbers such as 2/3, up to 9999/9999, got " + ApiParameters.quoted(text));
    }
  }

  private static String digest(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private record ReportBody(BacktestReport report, BacktestReport.Form as) implements ResponseBody {
    @Override
    public void print(ResponseStream out) throws IOException {
      report.write(
          as,
          text -> {
            out.text().append(text);
            out.flushIfLarge();
          });
    }

    @Override
    public Form form() {
      return new Form(as.contentType(), Optional.empty());
    }
  }

  /// What a stream has beside verdicts.
  ///
  /// @param start the first line
  /// @param areNumbered whether verdicts tell their numbers
  private record Lines(String start, boolean areNumbered, boolean progresses) {}

  /// Runs the backtest while its verdicts are sent. A failure is the last line.
  private record Stream(BacktestService.Prepared prepared, QueryOptions options, Lines lines)
      implements ResponseBody {
    @Override
    public void print(ResponseStream out) throws IOException {
      Summary summary = new Summary();
      line(out, lines.start());
      out.flush();
      try {
        prepared.run(
            options,
            new BacktestListener() {
              private long next = prepared.numbers().from();

              @Override
              public void verdict(Verdict v) {
                summary.add(v);
                long number = next++;
                unchecked(() ->
                    line(
                        out,
                        lines.areNumbered()
                            ? VerdictJson.verdict(v, number)
                            : VerdictJson.verdict(v)));
              }

              @Override
              public void proposal(Proposal p) {
                unchecked(() -> line(out, ProposalJson.proposal(p)));
              }

              @Override
              public void progress(Progress p) {
                unchecked(() -> {
                  if (lines.progresses()) {
                    line(out, VerdictJson.progress(p));
                  }
                  out.flush();
                });
              }
            });
        line(out, VerdictJson.summary(summary));
      } catch (QueryException | QueryRefused e) {
        ApiFailure failure = ApiFailure.of(e);
        line(out, VerdictJson.failure(failure.type(), failure.message()));
      }
    }

    private static void line(ResponseStream out, String text) throws IOException {
      out.text().append(text).append('\n');
      out.flushIfLarge();
    }

    @Override
    public Form form() {
      return NDJSON;
    }
  }

  /// A write that may fail.
  @FunctionalInterface
  private interface Write {
    void run() throws IOException;
  }

  private static void unchecked(Write write) {
    try {
      write.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
