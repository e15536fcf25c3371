/// The gRPC services of a Thanos store: Info, Store and Query, with health and reflection. Messages
/// come from `src/main/proto`. Calls become queries of [io.lamella.gateway.query]; where series
/// come from is not known here.
@NullMarked
package io.lamella.gateway.grpc;

import org.jspecify.annotations.NullMarked;
