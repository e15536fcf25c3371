/// The trace of a query that is to be explained: each selector's verdicts, fetch batches and times.
/// The read path writes it, the HTTP API prints it. Reads nothing itself.
@NullMarked
package io.lamella.gateway.explain;

import org.jspecify.annotations.NullMarked;
