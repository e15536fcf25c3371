package io.lamella.gateway.http;

import io.lamella.gateway.association.Association;
import io.lamella.gateway.association.Associations;
import io.lamella.gateway.query.AssociationLookup;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.request.ObservedRequest;
import io.lamella.model.JsonQuote;
import io.lamella.model.TimeRange;
import io.lamella.model.Utf8Order;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// `/api/v1/associations`: the ids that are associated with ids at a time, by those, in order.
final class AssociationsApi {
  static final String PATH = "/api/v1/associations";

  private final QueryService queries;
  private final Supplier<Associations> associations;
  private final InstantSource clock;
  private final RequestOptions options;

  /// @param associations those that there are now
  AssociationsApi(
      QueryService queries,
      Supplier<Associations> associations,
      InstantSource clock,
      RequestOptions options) {
    this.queries = queries;
    this.associations = associations;
    this.clock = clock;
    this.options = options;
  }

  void find(ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    int limit = p.limit();
    long time = p.time("time", clock.millis());
    boolean counts = p.isOn("count");
    QueryOptions asked = options.of(p, request);
    Association association = association(p.text("type"));
    Duration lookback = asked.limits().lookback().orElse(queries.engine().options().lookback());
    TimeRange range =
        AssociationLookup.reached(new TimeRange(time, time), Math.max(1, lookback.toMillis()));
    List<String> missing = queries.missing(asked.coverage(), range);
    queries.associated(
        new AssociationLookup(association, ids(p.all("id")), range),
        asked,
        found -> to.accept(body(found.value(), limit, counts, missing)));
  }

  private Association association(String type) {
    Associations known = associations.get();
    if (type.isEmpty() && !known.types().isEmpty()) {
      throw ApiParameters.invalid(
          "type", "is missing, expected one of " + String.join(", ", known.types()));
    }
    return known
        .find(type)
        .orElseThrow(() ->
            ApiParameters.invalid(
                "type",
                known.types().isEmpty()
                    ? "there are no associations; --associations.config-file names them"
                    : "there is no association "
                        + ApiParameters.quoted(type)
                        + ", expected one of "
                        + String.join(", ", known.types())));
  }

  private static Optional<SortedSet<String>> ids(List<String> given) {
    SortedSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);
    out.addAll(given);
    return out.isEmpty() ? Optional.empty() : Optional.of(out);
  }

  /// @param limit of ids, and of associated ids of each; 0 for all
  /// @param counts whether there are numbers in place of associated ids
  private static ResponseBody body(
      SortedMap<String, SortedSet<String>> found, int limit, boolean counts, List<String> missing) {
    boolean isCut =
        limit > 0
            && (found.size() > limit
                || !counts && found.values().stream().anyMatch(ids -> ids.size() > limit));
    List<String> warnings = new ArrayList<>(missing);
    if (isCut) {
      warnings.add(PrometheusApi.TRUNCATED);
    }
    return new SuccessBody(
        out -> {
          Iterator<Map.Entry<String, SortedSet<String>>> all =
              shown(found.entrySet(), limit).iterator();
          String before = "{";
          out.text().append(all.hasNext() ? "" : before);
          while (all.hasNext()) {
            Map.Entry<String, SortedSet<String>> e = all.next();
            out.text().append(before);
            JsonQuote.append(out.text(), e.getKey());
            out.text().append(':');
            if (counts) {
              out.text().append(e.getValue().size());
            } else {
              LabelsJson.strings(out, shown(e.getValue(), limit).stream());
            }
            before = ",";
            out.flushIfLarge();
          }
          out.text().append('}');
        },
        warnings,
        List.of());
  }

  private static <T> Collection<T> shown(Collection<T> all, int limit) {
    return limit > 0 && all.size() > limit ? all.stream().limit(limit).toList() : all;
  }
}
