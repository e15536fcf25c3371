/// Backtests: constraints and maintenance windows in, verdicts out. A client of [the
/// queries][io.lamella.gateway.query], as HTTP is.
@NullMarked
package io.lamella.gateway.backtest;

import org.jspecify.annotations.NullMarked;
