/// Reads requests for backtests: JSON or YAML in, a
/// [Backtest][io.lamella.gateway.backtest.Backtest] out. Errors name the field.
@NullMarked
package io.lamella.gateway.backtest.request;

import org.jspecify.annotations.NullMarked;
