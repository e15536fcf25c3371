/// What is asked and of whom: classes of questions with targets drawn from a seed, servers of the
/// Prometheus HTTP API, and whether two answers are the same.
@NullMarked
package io.lamella.bench.query;

import org.jspecify.annotations.NullMarked;
