/// What a published Lamella block is: object names, columns, records of chunks, `meta.json`, and
/// the catalog of all metas; `FORMAT.md` beside this file writes it down byte by byte.
///
/// The converter writes by this room and the gateway reads by it; it knows neither of them, nor
/// where objects lie.
@NullMarked
package io.lamella.storage.block;

import org.jspecify.annotations.NullMarked;
