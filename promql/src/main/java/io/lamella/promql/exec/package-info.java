/// The operator contract: an operator hands out one series at a time, over all steps of the query,
/// as a column of values with a bitmap of presence. Also what all operators share: the state,
/// limits, cancellation and annotations of a query, and sums.
///
/// The operators themselves are in the packages below, which import this one and not the other way.
/// Series come in through the port in `source`; nothing here depends on where they are stored.
@NullMarked
package io.lamella.promql.exec;

import org.jspecify.annotations.NullMarked;
