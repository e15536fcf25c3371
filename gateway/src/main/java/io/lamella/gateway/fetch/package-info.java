/// Reads of byte ranges that no cache holds: request coalescing, the read scheduler, the CDN, and
/// hedged requests for slow reads. Works on objects and ranges; what the bytes mean is decided
/// elsewhere.
@NullMarked
package io.lamella.gateway.fetch;

import org.jspecify.annotations.NullMarked;
