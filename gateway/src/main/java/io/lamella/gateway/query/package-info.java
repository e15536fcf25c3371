/// The life of a query: admission, deadline, engine, statistics, result. The APIs call it. It does
/// not depend on the source of the series, a [QuerySource].
@NullMarked
package io.lamella.gateway.query;

import org.jspecify.annotations.NullMarked;
