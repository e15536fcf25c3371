/// What one query may use and has used: limits are checked from the plan, before anything is
/// fetched. Every room may use it.
@NullMarked
package io.lamella.gateway.budget;

import org.jspecify.annotations.NullMarked;
