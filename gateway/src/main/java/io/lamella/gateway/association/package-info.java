/// Associations: typed lookups of the values of one label that share a series with those of another
/// one. What they are, by type, and the pairs of values that one block has, with their times.
/// Values only; knows neither where pairs come from nor who asks.
@NullMarked
package io.lamella.gateway.association;

import org.jspecify.annotations.NullMarked;
