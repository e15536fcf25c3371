/// Puts finished files into the bucket so that a block is there whole or not at all: the files,
/// read back and verified, then `meta.json` if absent. After a run it writes the catalog file,
/// which holds all metas, and it removes what killed runs left.
@NullMarked
package io.lamella.converter.publish;

import org.jspecify.annotations.NullMarked;
