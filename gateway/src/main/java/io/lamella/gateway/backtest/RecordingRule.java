package io.lamella.gateway.backtest;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// A recording rule of Prometheus: at each evaluation of its group, the elements of an expression
/// become samples of the metric `record`.
///
/// @param path where the request has it, such as `groups[0].rules[2]`, for errors
/// @param expr PromQL of type instant vector or scalar
/// @param labels that all its series get; an empty value removes a label
public record RecordingRule(
    String path, String record, String expr, SortedMap<String, String> labels, Group group) {
  /// The group of a rule, whose rules are evaluated in order.
  ///
  /// @param number in the order of the request
  /// @param offsetMillis how far before the times of evaluation it evaluates (`query_offset`)
  /// @param limit the most series that one of its rules may have at a time; 0 for any number
  public record Group(int number, long intervalMillis, long offsetMillis, long limit) {}

  public RecordingRule {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }
}
