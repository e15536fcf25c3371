/// Object stores over a directory and over memory: for single hosts, tests and the demo.
@NullMarked
package io.lamella.storage.object.local;

import org.jspecify.annotations.NullMarked;
