/// A model of an object store: the S3 protocol over a directory on loopback, with first-byte
/// latencies, bandwidth limits and faults that are determined by a seed, and a log of every
/// request.
@NullMarked
package io.lamella.bench.store;

import org.jspecify.annotations.NullMarked;
