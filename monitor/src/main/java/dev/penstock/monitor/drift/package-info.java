/// Whether what a model sees and says now still is what it was: baselines, comparisons, and decisions that do
/// not cry wolf. Pure: no I/O, no thread, no clock.
@NullMarked
package dev.penstock.monitor.drift;

import org.jspecify.annotations.NullMarked;
