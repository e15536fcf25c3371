/// The project's own benchmark, `lamella bench`: generates data, converts it through a model of an
/// object store, serves it from a separate process, runs queries, checks every result, and reports
/// times, requests and memory.
@NullMarked
package io.lamella.bench;

import org.jspecify.annotations.NullMarked;
