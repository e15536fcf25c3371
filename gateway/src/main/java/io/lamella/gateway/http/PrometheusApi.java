package io.lamella.gateway.http;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.ast.Expr;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Supplier;

/// The query endpoints of the API: parameters of a request in, the body of a success out; failures
/// are thrown.
final class PrometheusApi {
  private static final int MAX_POINTS = 11_000;
  private static final String TRUNCATED = "results truncated due to limit";

  private final QueryService queries;
  private final InstantSource clock;

  PrometheusApi(QueryService queries, InstantSource clock) {
    this.queries = queries;
    this.clock = clock;
  }

  ResponseBody query(ApiParameters p, ObservedRequest request) {
    int limit = p.limit();
    long time = p.time("time", clock.millis());
    QueryOptions options = options(p, request);
    String query = p.text("query");
    request.evaluates(new ActiveQuery.Expression(query, time, time, 0));
    MeasuredResult<QueryResult> measured = inQuery(() -> queries.instant(query, time, options));
    request.evaluated(measured);
    return result(measured, limit, p);
  }

  ResponseBody queryRange(ApiParameters p, ObservedRequest request) {
    int limit = p.limit();
    long start = p.time("start");
    long end = p.time("end");
    if (end < start) {
      throw ApiParameters.invalid("end", "end timestamp must not be before start time");
    }
    long step = p.duration("step");
    if (step <= 0) {
      throw ApiParameters.invalid(
          "step",
          "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    if (end / step - start / step > MAX_POINTS + 1 || (end - start) / step > MAX_POINTS) {
      throw new QueryException.BadQuery(
          "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
    }
    QueryOptions options = options(p, request);
    String query = p.text("query");
    request.evaluates(new ActiveQuery.Expression(query, start, end, step));
    MeasuredResult<QueryResult> measured =
        inQuery(() -> queries.range(query, start, end, step, options));
    request.evaluated(measured);
    return result(measured, limit, p);
  }

  ResponseBody formatQuery(ApiParameters p, ObservedRequest request) {
    String text = inQuery(() -> queries.format(p.text("query")));
    return SuccessBody.of(json -> PrometheusJson.string(json, text));
  }

  ResponseBody parseQuery(ApiParameters p, ObservedRequest request) {
    String tree = inQuery(() -> queries.syntaxTree(p.text("query")));
    return SuccessBody.of(json -> json.writeRawValue(tree));
  }

  /// Reports errors of the query text as errors of the parameter `query`.
  private static <T> T inQuery(Supplier<T> query) {
    try {
      return query.get();
    } catch (QueryException.BadQuery e) {
      throw ApiParameters.invalid("query", String.valueOf(e.getMessage()));
    }
  }

  /// The limits that a request may lower for itself: time, samples, series, bytes and reads.
  private static QueryOptions options(ApiParameters p, ObservedRequest request) {
    return new QueryOptions(
        new QueryLimits(
            p.optionalDuration("lookback_delta"),
            p.optionalDuration("timeout"),
            p.optionalCount("max_samples")),
        new FetchLimits(
            p.optionalCount("max_series").orElse(Long.MAX_VALUE),
            p.optionalCount("max_fetched_bytes").orElse(Long.MAX_VALUE),
            p.optionalCount("max_reads").orElse(Long.MAX_VALUE)),
        p.isOn("explain") ? QueryOptions.Explain.YES : QueryOptions.Explain.NO,
        request.active());
  }

  private static ResponseBody result(
      MeasuredResult<QueryResult> measured, int limit, ApiParameters p) {
    QueryResult r = measured.value();
    StringBuilder more = new StringBuilder();
    if (p.has("stats")) {
      more.append(",\"stats\":");
      PrometheusJson.append(more, json -> StatisticsJson.write(json, measured));
    }
    measured
        .trace()
        .ifPresent(t -> {
          more.append(",\"explain\":");
          PrometheusJson.append(more, json -> ExplainJson.write(json, t, measured));
        });
    List<String> warnings = new ArrayList<>(r.warnings());
    if (limit > 0 && size(r) > limit) {
      warnings.add(TRUNCATED);
    }
    return new SuccessBody(
        out -> ResultJson.data(out, r.value(), limit, more), warnings, r.infos());
  }

  private static int size(QueryResult r) {
    return switch (r.value()) {
      case io.lamella.promql.Value.Vector v -> v.samples().size();
      case io.lamella.promql.Value.Matrix m -> m.series().size();
      case io.lamella.promql.Value.Scalar _, io.lamella.promql.Value.Text _ -> 1;
    };
  }

  ResponseBody series(ApiParameters p, ObservedRequest request) {
    int limit = p.limit();
    if (p.all("match[]").isEmpty()) {
      throw new QueryException.BadQuery("no match[] parameter provided");
    }
    TimeRange range = range(p);
    List<Labels> all = queries.labelSets(selectors(p), range, options(p, request)).value();
    return SuccessBody.of(
        json -> {
          json.writeStartArray();
          all.subList(0, shown(all, limit)).forEach(l -> PrometheusJson.labels(json, l));
          json.writeEndArray();
        },
        truncation(all, limit));
  }

  ResponseBody labels(ApiParameters p, ObservedRequest request) {
    int limit = p.limit();
    TimeRange range = range(p);
    return names(queries.labelNames(selectors(p), range, options(p, request)).value(), limit);
  }

  ResponseBody labelValues(String name, ApiParameters p, ObservedRequest request) {
    String label = name.startsWith("U__") ? EscapedName.unescape(name) : name;
    if (label.isEmpty() || !io.lamella.model.Utf8Order.isValid(label)) {
      throw new QueryException.BadQuery("invalid label name: " + ApiParameters.quoted(label));
    }
    int limit = p.limit();
    TimeRange range = range(p);
    return names(
        queries.labelValues(label, selectors(p), range, options(p, request)).value(), limit);
  }

  private static ResponseBody names(SortedSet<String> all, int limit) {
    List<String> shown = all.stream().limit(shown(all, limit)).toList();
    return SuccessBody.of(json -> PrometheusJson.strings(json, shown), truncation(all, limit));
  }

  private static int shown(Collection<?> all, int limit) {
    return limit > 0 ? Math.min(limit, all.size()) : all.size();
  }

  private static List<String> truncation(Collection<?> all, int limit) {
    return shown(all, limit) < all.size() ? List.of(TRUNCATED) : List.of();
  }

  private static TimeRange range(ApiParameters p) {
    long start = p.time("start", ApiParameters.MIN_TIME);
    long end = p.time("end", ApiParameters.MAX_TIME);
    if (end < start) {
      throw ApiParameters.invalid("end", "end timestamp must not be before start time");
    }
    return new TimeRange(start, end);
  }

  private List<List<Matcher>> selectors(ApiParameters p) {
    List<List<Matcher>> out = new ArrayList<>();
    for (String text : p.all("match[]")) {
      Expr parsed;
      try {
        parsed = queries.parse(text);
      } catch (QueryException.BadQuery e) {
        throw ApiParameters.invalid("match[]", String.valueOf(e.getMessage()));
      }
      if (!(parsed instanceof Expr.VectorSelector s) || s.offset() != null || s.at() != null) {
        throw ApiParameters.invalid(
            "match[]",
            "1:1: parse error: expected a series selector, got " + ApiParameters.quoted(text));
      }
      if (s.matchers().stream().allMatch(Matcher::matchesEmpty)) {
        throw ApiParameters.invalid(
            "match[]", "match[] must contain at least one non-empty matcher");
      }
      out.add(s.matchers());
    }
    return out;
  }
}
