/// A request as it is watched, whichever API it came by: the list of active queries, its trace, the
/// query log, metrics. Knows neither HTTP nor gRPC.
@NullMarked
package io.lamella.gateway.request;

import org.jspecify.annotations.NullMarked;
