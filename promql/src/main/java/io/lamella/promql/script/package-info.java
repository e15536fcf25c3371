/// Conformance scripts: `load` some series, `eval` a query, compare. A script that users write to
/// test their rules, and the yardstick of the engine.
///
/// Reads scripts, loads them into a storage that the caller gives, evaluates through the engine's
/// door and reports. Knows nothing of how the engine works.
@NullMarked
package io.lamella.promql.script;

import org.jspecify.annotations.NullMarked;
