/// What a published Lamella block is: object names, columns, chunk records, the manifest,
/// `meta.json`, and the catalog file with all metas. `FORMAT.md` beside this file describes it byte
/// by byte.
///
/// The converter writes by these types and the gateway reads by them. The package depends on
/// neither, and does no I/O.
@NullMarked
package io.lamella.storage.block;

import org.jspecify.annotations.NullMarked;
