/// What models are asked and answer, as counters: plans of what to count, one recorder for each thread that
/// runs a model, snapshots that add, and windows of them. Pure: no I/O and no thread; time is passed in.
@NullMarked
package dev.penstock.monitor.recording;

import org.jspecify.annotations.NullMarked;
