package io.lamella.gateway.http;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.LabelsQuery;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.query.RangeSteps;
import io.lamella.gateway.query.SelectorTexts;
import io.lamella.gateway.remote.RemoteRead;
import io.lamella.gateway.request.ObservedRequest;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.ast.Expr;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The query endpoints of the API: parameters of a request in, the body of a success out; failures
/// are thrown.
final class PrometheusApi {
  /// Where a syntax tree has selectors. In its strings, quotes are escaped.
  private static final List<String> SELECTORS =
      List.of("\"type\":\"vectorSelector\"", "\"type\":\"matrixSelector\"");

  static final String TRUNCATED = "results truncated due to limit";

  private final QueryService queries;
  private final RemoteRead remoteRead;
  private final InstantSource clock;
  private final RequestOptions options;

  PrometheusApi(QueryService queries, InstantSource clock, RequestOptions options) {
    this.options = options;
    this.queries = queries;
    this.remoteRead = new RemoteRead(queries);
    this.clock = clock;
  }

  void query(ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    int limit = p.limit();
    long time = p.time("time", clock.millis());
    QueryOptions asked = options.of(p, request);
    String query = p.text("query");
    request.evaluates(new ActiveQuery.Expression(query, time, time, 0));
    inQuery(() ->
        queries.instant(
            query,
            time,
            asked,
            measured -> {
              request.evaluated(measured);
              to.accept(result(measured, limit, p));
            }));
  }

  void queryRange(ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    int limit = p.limit();
    TimeRange range = range(p.time("start"), p.time("end"));
    long step = p.duration("step");
    if (step <= 0) {
      throw ApiParameters.invalid("step", RangeSteps.NOT_POSITIVE);
    }
    RangeSteps.check(range, step);
    QueryOptions asked = options.of(p, request);
    String query = p.text("query");
    request.evaluates(
        new ActiveQuery.Expression(query, range.startMillis(), range.endMillis(), step));
    inQuery(() ->
        queries.range(
            query,
            range,
            step,
            asked,
            measured -> {
              request.evaluated(measured);
              to.accept(result(measured, limit, p));
            }));
  }

  void formatQuery(ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    QueryOptions asked = options.of(p, request);
    inQuery(() ->
        queries.format(
            p.text("query"),
            asked,
            text -> to.accept(SuccessBody.of(json -> PrometheusJson.string(json, text)))));
  }

  /// There are no exemplars; the parameters are checked. As in Prometheus, an expression without a
  /// selector has no result at all.
  void exemplars(ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    if (p.time("end", ApiParameters.MAX_TIME) < p.time("start", ApiParameters.MIN_TIME)) {
      throw new QueryException.BadQuery("end timestamp must not be before start timestamp");
    }
    queries.syntaxTree(
        p.text("query"),
        options.of(p, request),
        tree ->
            to.accept(
                SELECTORS.stream().anyMatch(tree::contains)
                    ? SuccessBody.of(json -> json.writeRawValue("[]"))
                    : ResponseBody.NOTHING));
  }

  /// There are no rules; the parameters are checked.
  void rules(ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    QueryOptions asked = options.of(p, request);
    p.all("match[]").forEach(selector -> checkSelector(selector, asked));
    to.accept(EmptyApi.rules(p));
  }

  /// There are no targets; the parameters are checked.
  void targetsMetadata(ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    QueryOptions asked = options.of(p, request);
    String name = "match_target";
    if (p.has(name)) {
      try {
        checkSelector(p.text(name), asked);
      } catch (QueryException.BadQuery e) {
        throw ApiParameters.invalid(name, String.valueOf(e.getMessage()));
      }
    }
    to.accept(EmptyApi.of(EmptyApi.METADATA_OF_TARGETS, p));
  }

  private void checkSelector(String text, QueryOptions asked) {
    queries.syntaxTree(
        text,
        asked,
        tree -> {
          if (!tree.contains(SELECTORS.getFirst())) {
            throw new QueryException.BadQuery(
                "1:1: parse error: expected a series selector, got " + ApiParameters.quoted(text));
          }
        });
  }

  void parseQuery(ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    QueryOptions asked = options.of(p, request);
    inQuery(() ->
        queries.syntaxTree(
            p.text("query"),
            asked,
            tree -> to.accept(SuccessBody.of(json -> json.writeRawValue(tree)))));
  }

  /// Reports errors of the query text as errors of the parameter `query`.
  private static void inQuery(Runnable query) {
    try {
      query.run();
    } catch (QueryException.BadQuery e) {
      throw ApiParameters.invalid("query", String.valueOf(e.getMessage()));
    }
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

  /// Remote read.
  void read(ApiHandler.SentBody body, ObservedRequest request, Consumer<ResponseBody> to) {
    QueryOptions options =
        new QueryOptions(
            QueryLimits.NONE,
            FetchLimits.NONE,
            QueryOptions.Explain.NO,
            body.client(),
            request.active());
    remoteRead.read(
        body.bytes(),
        body.memory()::reserve,
        options,
        response -> to.accept(new RemoteReadBody(response)));
  }

  /// The response of a remote read.
  private record RemoteReadBody(RemoteRead.Response response) implements ResponseBody {
    @Override
    public void print(ResponseStream out) throws IOException {
      response.body().writeTo(out::write);
    }

    @Override
    public Form form() {
      return new Form(response.contentType(), Optional.of(response.contentEncoding()));
    }
  }

  void series(ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    int limit = p.limit();
    if (p.all("match[]").isEmpty()) {
      throw new QueryException.BadQuery("no match[] parameter provided");
    }
    QueryOptions asked = options.of(p, request);
    LabelsQuery query = new LabelsQuery(selectors(p), range(p), limit);
    List<String> missing = queries.missing(asked.coverage(), query.range());
    queries.labelSets(
        query,
        asked,
        found -> {
          Collection<Labels> sets = without(asked.replicaLabels(), found.value());
          to.accept(
              new SuccessBody(
                  out -> LabelsJson.labelSets(out, shown(sets, limit)),
                  warnings(missing, found.value(), limit),
                  List.of()));
        });
  }

  /// Label sets without some labels, each once, in order.
  private static Collection<Labels> without(Set<String> names, List<Labels> sets) {
    if (names.isEmpty()) {
      return sets;
    }
    SortedSet<Labels> out = new TreeSet<>();
    for (Labels l : sets) {
      LabelsBuilder rest = l.toBuilder();
      names.forEach(rest::remove);
      out.add(rest.build());
    }
    return out;
  }

  void labels(ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    int limit = p.limit();
    QueryOptions asked = options.of(p, request);
    LabelsQuery query = new LabelsQuery(selectors(p), range(p), limit);
    List<String> missing = queries.missing(asked.coverage(), query.range());
    queries.labelNames(query, asked, found -> to.accept(names(found, limit, missing)));
  }

  void labelValues(
      String name, ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    String label = name.startsWith("U__") ? EscapedName.unescape(name) : name;
    if (label.isEmpty() || !io.lamella.model.Utf8Order.isValid(label)) {
      throw new QueryException.BadQuery("invalid label name: " + ApiParameters.quoted(label));
    }
    int limit = p.limit();
    QueryOptions asked = options.of(p, request);
    LabelsQuery query = new LabelsQuery(selectors(p), range(p), limit);
    List<String> missing = queries.missing(asked.coverage(), query.range());
    queries.labelValues(label, query, asked, found -> to.accept(names(found, limit, missing)));
  }

  /// @param missing what the request accepts that is missing
  private static ResponseBody names(
      MeasuredResult<SortedSet<String>> found, int limit, List<String> missing) {
    return new SuccessBody(
        out -> LabelsJson.strings(out, shown(found.value(), limit)),
        warnings(missing, found.value(), limit),
        List.of());
  }

  private static <T> Stream<T> shown(Collection<T> all, int limit) {
    return limit > 0 ? all.stream().limit(limit) : all.stream();
  }

  private static List<String> warnings(List<String> missing, Collection<?> all, int limit) {
    List<String> out = new ArrayList<>(missing);
    if (limit > 0 && limit < all.size()) {
      out.add(TRUNCATED);
    }
    return out;
  }

  private static TimeRange range(ApiParameters p) {
    return range(p.time("start", ApiParameters.MIN_TIME), p.time("end", ApiParameters.MAX_TIME));
  }

  private static TimeRange range(long start, long end) {
    if (end < start) {
      throw ApiParameters.invalid("end", "end timestamp must not be before start time");
    }
    return new TimeRange(start, end);
  }

  private SelectorTexts selectors(ApiParameters p) {
    return SelectorTexts.of(p.all("match[]"), this::matchers);
  }

  private List<Matcher> matchers(String selector, MemoryAccount memory) {
    Expr parsed;
    try {
      parsed = queries.parse(selector, memory);
    } catch (QueryException.BadQuery e) {
      throw ApiParameters.invalid("match[]", String.valueOf(e.getMessage()));
    }
    if (!(parsed instanceof Expr.VectorSelector s) || s.offset() != null || s.at() != null) {
      throw ApiParameters.invalid(
          "match[]",
          "1:1: parse error: expected a series selector, got " + ApiParameters.quoted(selector));
    }
    if (s.matchers().stream().allMatch(Matcher::matchesEmpty)) {
      throw ApiParameters.invalid("match[]", "match[] must contain at least one non-empty matcher");
    }
    return s.matchers();
  }
}
