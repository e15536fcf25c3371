/// Traces of requests, exported by OTLP: spans from the request down to each read of the store. Off
/// by default; only [OtlpTracing] uses OpenTelemetry, and its classes are loaded only where tracing
/// is on.
@NullMarked
package io.lamella.gateway.trace;

import org.jspecify.annotations.NullMarked;
