/// The command line, `./lamella SUBCOMMAND`: the main class, every subcommand but the benchmark,
/// and the flags that several of them share. It may use all modules; none of them may use it,
/// except the benchmark.
@NullMarked
package io.lamella.cli;

import org.jspecify.annotations.NullMarked;
