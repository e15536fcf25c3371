/// One query's life: admission, deadline, engine, statistics, result. Doors (HTTP, later gRPC and
/// backtests) ask here; where series come from is handed in.
@NullMarked
package io.lamella.gateway.query;

import org.jspecify.annotations.NullMarked;
