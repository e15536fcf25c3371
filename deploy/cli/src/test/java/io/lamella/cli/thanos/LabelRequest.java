package io.lamella.cli.thanos;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A request for series, label names or values of a label.
///
/// @param label whose values are asked for; empty for the other kinds
/// @param selectors alternatives; none is everything
/// @param start of the closed range, in milliseconds
record LabelRequest(Kind kind, String label, List<List<Matcher>> selectors, long start, long end) {
  private static final long DAY = 86_400_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What is asked for.
  enum Kind {
    SERIES,
    NAMES,
    VALUES
  }

  /// Draws a request whose matchers are made from labels of the given series, so that most find
  /// something.
  ///
  /// @param first time with a sample, in milliseconds
  static LabelRequest random(Random random, List<Labels> series, long first, long last) {
    Kind kind = Kind.values()[random.nextInt(3)];
    Labels some = series.get(random.nextInt(series.size()));
    String label =
        kind != Kind.VALUES
            ? ""
            : random.nextInt(20) == 0 ? "nothing" : some.name(random.nextInt(some.size()));
    List<List<Matcher>> selectors = new ArrayList<>();
    int least = kind == Kind.SERIES ? 1 : 0;
    for (int i = least + random.nextInt(3 - least); i > 0; i--) {
      selectors.add(selector(random, series.get(random.nextInt(series.size()))));
    }
    long around = 3_600_000;
    long from = first - around + (long) (random.nextDouble() * (last - first + 2 * around));
    long length = (long) (Math.pow(random.nextDouble(), 3) * (last - first + 2 * around));
    return new LabelRequest(kind, label, selectors, from, from + length);
  }

  private static List<Matcher> selector(Random random, Labels from) {
    List<Matcher> out = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(from.size());
      out.add(matcher(random, from.name(at), from.value(at)));
    }
    if (out.stream().allMatch(Matcher::matchesEmpty)) {
      out.add(Matcher.of(Matcher.Type.REGEX, Labels.METRIC_NAME, ".+"));
    }
    return out;
  }

  private static Matcher matcher(Random random, String name, String value) {
    String start = value.substring(0, value.offsetByCodePoints(0, value.isEmpty() ? 0 : 1));
    return switch (random.nextInt(8)) {
      case 0 -> Matcher.of(Matcher.Type.NOT_EQUAL, name, value);
      case 1 -> Matcher.of(Matcher.Type.REGEX, name, quoted(start) + ".*");
      case 2 -> Matcher.of(Matcher.Type.NOT_REGEX, name, quoted(start) + ".*");
      case 3 -> Matcher.of(Matcher.Type.REGEX, name, quoted(value) + "|other|");
      case 4 -> Matcher.of(Matcher.Type.EQUAL, "nothing", "");
      default -> Matcher.equal(name, value);
    };
  }

  private static String quoted(String text) {
    return Pattern.compile("[^\\p{L}\\p{N}]").matcher(text).replaceAll("\\\\$0");
  }

  /// What the series hold that have a sample in the range.
  ///
  /// @param series the times of their samples in milliseconds
  Set<String> exact(Map<Labels, List<Long>> series) {
    return of(series, times -> times.stream().anyMatch(t -> t >= start && t <= end));
  }

  /// What the series hold whose samples of one day lie around a time of the range: servers do not
  /// read samples for labels.
  Set<String> atMost(Map<Labels, List<Long>> series) {
    return of(
        series,
        times -> {
          Map<Long, LongSummaryStatistics> days = new TreeMap<>();
          times.forEach(t ->
              days.computeIfAbsent(Math.floorDiv(t, DAY), _ -> new LongSummaryStatistics())
                  .accept(t));
          return days.values().stream().anyMatch(d -> d.getMin() <= end && d.getMax() >= start);
        });
  }

  private Set<String> of(Map<Labels, List<Long>> series, Predicate<List<Long>> inRange) {
    Set<String> out = new TreeSet<>();
    series.forEach((labels, times) -> {
      if (inRange.test(times) && matches(labels)) {
        switch (kind) {
          case SERIES -> out.add(text(labels));
          case NAMES -> labels.forEach((name, _) -> out.add(name));
          case VALUES -> {
            if (labels.has(label)) {
              out.add(labels.value(label));
            }
          }
        }
      }
    });
    return out;
  }

  private boolean matches(Labels labels) {
    return selectors.isEmpty()
        || selectors.stream()
            .anyMatch(s -> s.stream().allMatch(m -> m.matches(labels.value(m.name()))));
  }

  private static String text(Labels labels) {
    Map<String, String> sorted = new TreeMap<>();
    labels.forEach(sorted::put);
    return sorted.toString();
  }

  /// The answer of a server.
  Set<String> ask(String server, HttpClient client) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(server + path())).build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode body = JSON.readTree(response.body());
    if (response.statusCode() != 200 || body.has("warnings")) {
      throw new AssertionError(path() + " " + response.statusCode() + " " + response.body());
    }
    Set<String> out = new TreeSet<>();
    for (JsonNode one : body.get("data")) {
      if (one.isObject()) {
        Map<String, String> sorted = new TreeMap<>();
        one.properties().forEach(l -> sorted.put(l.getKey(), l.getValue().asString()));
        out.add(sorted.toString());
      } else {
        out.add(one.asString());
      }
    }
    return out;
  }

  private String path() {
    StringBuilder out = new StringBuilder("/api/v1/");
    out.append(
        switch (kind) {
          case SERIES -> "series";
          case NAMES -> "labels";
          case VALUES -> "label/" + encoded(label) + "/values";
        });
    out.append("?start=").append(seconds(start)).append("&end=").append(seconds(end));
    for (List<Matcher> selector : selectors) {
      String text = String.join(",", selector.stream().map(Matcher::toString).toList());
      out.append("&match%5B%5D=").append(encoded("{" + text + "}"));
    }
    return out.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String seconds(long millis) {
    return BigDecimal.valueOf(millis, 3).toPlainString();
  }
}
