/// A client of a gateway's HTTP API, for programs such as a scheduler: [LamellaClient] sends
/// backtests, queries and lookups of associations. It knows the API alone, none of the gateway's
/// classes, and needs Java 17.
@NullMarked
package io.lamella.client;

import org.jspecify.annotations.NullMarked;
