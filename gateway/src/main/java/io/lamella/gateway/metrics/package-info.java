/// The gateway's own metrics, in Prometheus' conventions. Label values come from closed sets, never
/// from users' data.
@NullMarked
package io.lamella.gateway.metrics;

import org.jspecify.annotations.NullMarked;
