/// Conformance scripts: `load` some series, `eval` a query, compare. The same language in which
/// Prometheus' own tests are written.
///
/// Parses scripts, loads their series into a storage of the caller, evaluates with the API of the
/// engine and reports differences. Independent of the engine's internals.
@NullMarked
package io.lamella.promql.script;

import org.jspecify.annotations.NullMarked;
