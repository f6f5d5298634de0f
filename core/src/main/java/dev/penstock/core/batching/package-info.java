/// From an admitted request to a run of its model. What the router calls is [dev.penstock.core.batching.Batcher].
@NullMarked
package dev.penstock.core.batching;

import org.jspecify.annotations.NullMarked;
