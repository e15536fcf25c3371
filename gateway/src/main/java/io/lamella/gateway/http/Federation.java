package io.lamella.gateway.http;

import io.lamella.gateway.federation.Exposition;
import io.lamella.gateway.federation.ExpositionFormat;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.query.SelectorTexts;
import io.lamella.gateway.request.ObservedRequest;
import io.lamella.model.Matcher;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import io.lamella.promql.ast.Expr;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// `/federate`: the newest samples of the series that a Prometheus selects.
final class Federation {
  static final String PATH = "/federate";

  private final QueryService queries;
  private final InstantSource clock;
  private final RequestOptions options;

  Federation(QueryService queries, InstantSource clock, RequestOptions options) {
    this.queries = queries;
    this.clock = clock;
    this.options = options;
  }

  /// @param accept the header of this name
  void federate(
      String accept, ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    long time = p.time("time", clock.millis());
    QueryOptions asked = options.of(p, request);
    List<String> selectors = p.all("match[]");
    ExpositionFormat format = ExpositionFormat.of(accept);
    queries.latest(
        SelectorTexts.of(selectors, this::matchers),
        time,
        asked,
        found -> to.accept(new Body(new Exposition(found.value()), format)));
  }

  private List<Matcher> matchers(String selector, MemoryAccount memory) {
    if (!(queries.parse(selector, memory) instanceof Expr.VectorSelector s)
        || s.offset() != null
        || s.at() != null) {
      throw new QueryException.BadQuery(
          "1:1: parse error: expected a series selector, got " + ApiParameters.quoted(selector));
    }
    return s.matchers();
  }

  private record Body(Exposition samples, ExpositionFormat format) implements ResponseBody {
    @Override
    public void print(ResponseStream out) throws IOException {
      samples.writeTo(out::write, format);
    }

    @Override
    public Form form() {
      return new Form(format.contentType(), Optional.empty());
    }
  }
}
