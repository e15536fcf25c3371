/// Tenants: which ones there are, below which prefix each has its blocks, what it may use, and
/// which one a request is of. Knows neither HTTP nor gRPC, nor how blocks are read.
@NullMarked
package io.lamella.gateway.tenant;

import org.jspecify.annotations.NullMarked;
