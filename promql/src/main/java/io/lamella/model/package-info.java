/// The vocabulary of every module: label sets, matchers, samples, native histograms, time ranges.
///
/// Values only, built on the JDK (and RE2/J inside the matcher). Whoever reads storage makes these,
/// the engine and the APIs take them; nothing here knows where bytes come from.
@NullMarked
package io.lamella.model;

import org.jspecify.annotations.NullMarked;
