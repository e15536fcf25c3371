/// Reads the metadata of shards and carries out plans: fetches byte ranges in batches, decodes
/// label pages and tests rows. Chunks stay encoded.
@NullMarked
package io.lamella.gateway.read;

import org.jspecify.annotations.NullMarked;
