/// The Prometheus HTTP API: parameters in, JSON out, failures to status codes.
@NullMarked
package io.lamella.gateway.http;

import org.jspecify.annotations.NullMarked;
