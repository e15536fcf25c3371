/// What the gateway counts of itself, in Prometheus' conventions; label values come from closed
/// sets, never from users' data.
@NullMarked
package io.lamella.gateway.metrics;

import org.jspecify.annotations.NullMarked;
