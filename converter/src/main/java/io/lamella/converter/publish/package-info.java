/// Puts finished files into the bucket so that a block is there whole or not at all: files, read
/// back and verified, then `meta.json` if absent. After a run `catalog.json` gathers all metas.
@NullMarked
package io.lamella.converter.publish;

import org.jspecify.annotations.NullMarked;
