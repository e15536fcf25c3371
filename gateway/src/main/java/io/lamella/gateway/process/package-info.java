/// The gateway as a process among others: work in the background, what a supervisor and a load
/// balancer are told, and the end when memory runs out. Knows no queries and no blocks.
@NullMarked
package io.lamella.gateway.process;

import org.jspecify.annotations.NullMarked;
