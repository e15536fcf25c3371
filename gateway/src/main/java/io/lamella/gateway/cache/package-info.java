/// What is kept between queries; alone imports Caffeine. Published bytes never change, so nothing
/// here expires by time.
@NullMarked
package io.lamella.gateway.cache;

import org.jspecify.annotations.NullMarked;
