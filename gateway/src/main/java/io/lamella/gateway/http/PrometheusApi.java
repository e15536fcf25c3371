package io.lamella.gateway.http;

import io.lamella.gateway.limits.FetchLimits;
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

/// The query endpoints of the API: a request's parameters in, the JSON of a success out; failures
/// are thrown.
final class PrometheusApi {
  private static final int MAX_POINTS = 11_000;
  private static final int MAX_ANNOTATIONS = 10;

  private final QueryService queries;
  private final InstantSource clock;

  PrometheusApi(QueryService queries, InstantSource clock) {
    this.queries = queries;
    this.clock = clock;
  }

  Body query(ApiParameters p) {
    int limit = p.limit();
    long time = p.time("time", clock.millis());
    QueryOptions terms = terms(p);
    return result(inQuery(() -> queries.instant(p.text("query"), time, terms)), limit, p);
  }

  Body queryRange(ApiParameters p) {
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
    QueryOptions terms = terms(p);
    return result(inQuery(() -> queries.range(p.text("query"), start, end, step, terms)), limit, p);
  }

  String formatQuery(ApiParameters p) {
    String text = inQuery(() -> queries.format(p.text("query")));
    StringBuilder out = new StringBuilder("{\"status\":\"success\",\"data\":");
    JsonText.string(out, text);
    return out.append('}').toString();
  }

  String parseQuery(ApiParameters p) {
    String tree = inQuery(() -> queries.syntaxTree(p.text("query")));
    return "{\"status\":\"success\",\"data\":" + tree + "}";
  }

  /// Errors of the query text are errors of the parameter that holds it.
  private static <T> T inQuery(Supplier<T> query) {
    try {
      return query.get();
    } catch (QueryException.BadQuery e) {
      throw ApiParameters.invalid("query", String.valueOf(e.getMessage()));
    }
  }

  /// What a request may lower for itself: limits of time, samples, series, bytes and reads.
  private static QueryOptions terms(ApiParameters p) {
    return new QueryOptions(
        new QueryLimits(
            p.optionalDuration("lookback_delta"),
            p.optionalDuration("timeout"),
            p.optionalCount("max_samples")),
        new FetchLimits(
            p.optionalCount("max_series").orElse(Long.MAX_VALUE),
            p.optionalCount("max_fetched_bytes").orElse(Long.MAX_VALUE),
            p.optionalCount("max_reads").orElse(Long.MAX_VALUE)),
        p.isOn("explain") ? QueryOptions.Explain.YES : QueryOptions.Explain.NO);
  }

  private static Body result(MeasuredResult<QueryResult> answer, int limit, ApiParameters p) {
    QueryResult r = answer.value();
    StringBuilder more = new StringBuilder();
    if (p.has("stats")) {
      more.append(",\"stats\":").append(StatisticsJson.of(answer));
    }
    answer.trace().ifPresent(t -> ExplainJson.append(more.append(",\"explain\":"), t, answer));
    List<String> warnings = new ArrayList<>(r.warnings());
    if (limit > 0 && size(r) > limit) {
      warnings.add("results truncated due to limit");
    }
    return out -> {
      out.text().append("{\"status\":\"success\",\"data\":");
      ResultJson.data(out, r.value(), limit, more);
      annotations(out.text(), "warnings", "warning", warnings);
      annotations(out.text(), "infos", "info", r.infos());
      out.text().append('}');
    };
  }

  private static int size(QueryResult r) {
    return switch (r.value()) {
      case io.lamella.promql.Value.Vector v -> v.samples().size();
      case io.lamella.promql.Value.Matrix m -> m.series().size();
      case io.lamella.promql.Value.Scalar _, io.lamella.promql.Value.Text _ -> 1;
    };
  }

  private static void annotations(StringBuilder out, String member, String kind, List<String> all) {
    if (all.isEmpty()) {
      return;
    }
    List<String> shown = new ArrayList<>(all.subList(0, Math.min(MAX_ANNOTATIONS, all.size())));
    if (all.size() > MAX_ANNOTATIONS) {
      shown.add((all.size() - MAX_ANNOTATIONS) + " more " + kind + " annotations omitted");
    }
    out.append(",\"").append(member).append("\":");
    JsonText.strings(out, shown);
  }

  String series(ApiParameters p) {
    int limit = p.limit();
    if (p.all("match[]").isEmpty()) {
      throw new QueryException.BadQuery("no match[] parameter provided");
    }
    TimeRange range = range(p);
    List<Labels> all = queries.labelSets(selectors(p), range, terms(p)).value();
    StringBuilder out = new StringBuilder("{\"status\":\"success\",\"data\":[");
    int n = shown(all, limit);
    for (int i = 0; i < n; i++) {
      out.append(i > 0 ? "," : "");
      JsonText.labels(out, all.get(i));
    }
    return end(out.append(']'), all, limit);
  }

  String labels(ApiParameters p) {
    int limit = p.limit();
    TimeRange range = range(p);
    return names(queries.labelNames(selectors(p), range, terms(p)).value(), limit);
  }

  String labelValues(String name, ApiParameters p) {
    String label = name.startsWith("U__") ? EscapedName.unescape(name) : name;
    if (label.isEmpty() || !io.lamella.model.Utf8Order.isValid(label)) {
      throw new QueryException.BadQuery("invalid label name: " + ApiParameters.quoted(label));
    }
    int limit = p.limit();
    TimeRange range = range(p);
    return names(queries.labelValues(label, selectors(p), range, terms(p)).value(), limit);
  }

  private static String names(SortedSet<String> all, int limit) {
    StringBuilder out = new StringBuilder("{\"status\":\"success\",\"data\":");
    JsonText.strings(out, all.stream().limit(shown(all, limit)).toList());
    return end(out, all, limit);
  }

  private static int shown(Collection<?> all, int limit) {
    return limit > 0 ? Math.min(limit, all.size()) : all.size();
  }

  private static String end(StringBuilder out, Collection<?> all, int limit) {
    if (limit > 0 && all.size() > limit) {
      out.append(",\"warnings\":[\"results truncated due to limit\"]");
    }
    return out.append('}').toString();
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
