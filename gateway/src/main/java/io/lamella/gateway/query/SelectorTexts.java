package io.lamella.gateway.query;

import io.lamella.model.Matcher;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// The series selectors of a request, which are parsed once the query is admitted.
///
/// @param characters of all texts
/// @param parser throws a [io.lamella.promql.QueryException] where a text is no selector
public record SelectorTexts(long characters, Supplier<List<List<Matcher>>> parser) {
  public static SelectorTexts of(List<String> texts, Function<String, List<Matcher>> parser) {
    return new SelectorTexts(
        texts.stream().mapToLong(String::length).sum(), () -> texts.stream().map(parser).toList());
  }

  /// Selectors that are parsed already; none selects all series.
  public static SelectorTexts parsed(List<List<Matcher>> selectors) {
    return new SelectorTexts(0, () -> selectors);
  }

  List<List<Matcher>> parse() {
    return parser.get();
  }
}
