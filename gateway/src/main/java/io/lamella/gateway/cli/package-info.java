/// The subcommands `serve` and `query`: flags in, a running gateway or a printed answer out.
@NullMarked
package io.lamella.gateway.cli;

import org.jspecify.annotations.NullMarked;
