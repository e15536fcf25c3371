package io.lamella.gateway.query;

import io.lamella.model.Matcher;
import io.lamella.promql.MemoryAccount;
import java.util.List;
import java.util.function.Function;

/// The series selectors of a request, which are parsed once the query is admitted.
///
/// @param characters of all texts
/// @param parser throws a [io.lamella.promql.QueryException] where a text is no selector
public record SelectorTexts(long characters, Function<MemoryAccount, List<List<Matcher>>> parser) {
  /// Parses one selector.
  @FunctionalInterface
  public interface SelectorParser {
    /// @param memory for what the selector is compiled to
    List<Matcher> parse(String selector, MemoryAccount memory);
  }

  public static SelectorTexts of(List<String> texts, SelectorParser parser) {
    return new SelectorTexts(
        texts.stream().mapToLong(String::length).sum(),
        memory -> texts.stream().map(t -> parser.parse(t, memory)).toList());
  }

  /// Selectors that are parsed already; none selects all series.
  public static SelectorTexts parsed(List<List<Matcher>> selectors) {
    return new SelectorTexts(0, _ -> selectors);
  }

  List<List<Matcher>> parse(MemoryAccount memory) {
    return parser.apply(memory);
  }
}
