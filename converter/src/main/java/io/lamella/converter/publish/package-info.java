/// Publishes blocks so that readers see a whole block or nothing: uploads the files, reads them
/// back and verifies them, then writes `meta.json` if absent. After a run it writes the catalog
/// file with all metas. It also removes files of killed runs.
@NullMarked
package io.lamella.converter.publish;

import org.jspecify.annotations.NullMarked;
