/// Prometheus' remote read: messages in, series with samples or chunks out. Knows nothing of HTTP
/// but that its responses are bytes.
@NullMarked
package io.lamella.gateway.remote;

import org.jspecify.annotations.NullMarked;
