/// How clients reach the HTTP server: TLS, passwords and headers, from the web configuration file
/// that Prometheus' servers share. Knows neither HTTP requests nor queries; `http` asks it.
@NullMarked
package io.lamella.gateway.web;

import org.jspecify.annotations.NullMarked;
