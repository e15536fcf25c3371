package io.lamella.gateway.query;

import io.lamella.model.Matcher;
import java.util.List;
import java.util.function.Function;

/// The series selectors of a request, which are parsed once the query is admitted.
///
/// @param parser throws a [io.lamella.promql.QueryException] where a text is no selector
public record SelectorTexts(List<String> texts, Function<String, List<Matcher>> parser) {
  /// No selector, which selects all series.
  public static final SelectorTexts NONE = new SelectorTexts(List.of(), text -> List.of());

  public SelectorTexts {
    texts = List.copyOf(texts);
  }

  long characters() {
    return texts.stream().mapToLong(String::length).sum();
  }

  List<List<Matcher>> parse() {
    return texts.stream().map(parser).toList();
  }
}
