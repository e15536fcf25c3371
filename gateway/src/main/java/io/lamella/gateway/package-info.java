/// Serves queries over published blocks. Holds the options and the wiring: [Gateway] starts and
/// stops everything, [ReadPath] decides the order of the layers between a query and the store.
@NullMarked
package io.lamella.gateway;

import org.jspecify.annotations.NullMarked;
