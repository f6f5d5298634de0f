/// `penstock soak`: has a server of its own exchange a model's versions under load, and load a large model
/// beside a busy one, and holds what it saw against what must be reached.
///
/// [Swaps] and [Interference] measure; [SwapCheck] holds each answer against [Promotions], the record of what
/// may have answered when.
@NullMarked
package dev.penstock.loadtest.soak;

import org.jspecify.annotations.NullMarked;
