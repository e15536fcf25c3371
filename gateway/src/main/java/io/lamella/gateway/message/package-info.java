/// Samples and matchers as messages of protocol buffers, for all APIs that have them.
@NullMarked
package io.lamella.gateway.message;

import org.jspecify.annotations.NullMarked;
