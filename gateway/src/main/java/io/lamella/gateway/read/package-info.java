/// Opens shards and carries out read plans: ranges at once on virtual threads, pages decoded, rows
/// tested. Chunk bytes come out encoded.
@NullMarked
package io.lamella.gateway.read;

import org.jspecify.annotations.NullMarked;
