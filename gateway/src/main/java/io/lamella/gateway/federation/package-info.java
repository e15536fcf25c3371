/// Prometheus' federation: the newest samples of series as an exposition of metrics, as text or as
/// protocol buffers. Knows nothing of HTTP but the header that chooses the format.
@NullMarked
package io.lamella.gateway.federation;

import org.jspecify.annotations.NullMarked;
