/// Whether a version deserves more requests than it gets: steps, evidence and what follows from it, as pure
/// functions of what was counted and of a time that is passed in. No threads, no clocks, no transports.
@NullMarked
package dev.penstock.router.rollout;

import org.jspecify.annotations.NullMarked;
