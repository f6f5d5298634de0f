/// What was seen: counters and distributions, per model version. Pure: no I/O, no thread, no clock.
@NullMarked
package dev.penstock.monitor;

import org.jspecify.annotations.NullMarked;
