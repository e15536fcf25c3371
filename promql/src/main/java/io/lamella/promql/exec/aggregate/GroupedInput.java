package io.lamella.promql.exec.aggregate;

import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.SeriesOperator;

/// The input of an aggregation, and how its series are grouped.
///
/// @param place the position that annotations about the input get
public record GroupedInput(SeriesOperator from, int steps, Grouping grouping, TextRange place) {}
