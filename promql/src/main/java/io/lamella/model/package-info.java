/// The data types that all modules share: label sets, matchers, samples, native histograms, time
/// ranges.
///
/// Values only; they depend on the JDK and, in `Regex`, on RE2/J. Storage readers create them, the
/// engine and the APIs consume them.
@NullMarked
package io.lamella.model;

import org.jspecify.annotations.NullMarked;
