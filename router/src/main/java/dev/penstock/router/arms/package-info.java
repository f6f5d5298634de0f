/// What is counted of each arm of a route, and the guards that need nothing but those counts. Pure, but for the
/// counters: no thread, no clock, no I/O.
@NullMarked
package dev.penstock.router.arms;

import org.jspecify.annotations.NullMarked;
