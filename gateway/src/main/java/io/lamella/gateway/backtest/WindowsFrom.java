package io.lamella.gateway.backtest;

/// Windows that history itself tells: each series of an expression is a window while it is greater
/// than 0, with the labels of the series.
///
/// @param expr PromQL of type instant vector
/// @param startMillis the first evaluation; `endMillis`, the last if the step meets it
public record WindowsFrom(String expr, long startMillis, long endMillis) {}
