/// What to read: matchers, time range and page indexes in, rows and byte ranges out. Pure, no I/O.
/// Asked twice a block: label pages first, then the chunk pages of the rows that matched.
@NullMarked
package io.lamella.gateway.plan;

import org.jspecify.annotations.NullMarked;
