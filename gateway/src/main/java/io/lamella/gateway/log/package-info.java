/// The query log and the log of slow queries: a JSON line for each query that ended, in the shape
/// of Prometheus' query log. Fed by the HTTP API; knows nothing of how a query runs.
@NullMarked
package io.lamella.gateway.log;

import org.jspecify.annotations.NullMarked;
