/// The forms of a backtest's result. Each depends on the request and the verdicts alone, so that
/// equal results are equal bytes.
@NullMarked
package io.lamella.gateway.backtest.report;

import org.jspecify.annotations.NullMarked;
