/// Answers queries over published blocks: wiring by hand; start, drain, stop.
@NullMarked
package io.lamella.gateway;

import org.jspecify.annotations.NullMarked;
