/// How good predictions are: realised, from labels that came in, and estimated, from scores alone. Pure
/// functions over counters and sums; any thread may call. What cannot be said, as a precision of nothing, is
/// NaN.
@NullMarked
package dev.penstock.monitor.quality;

import org.jspecify.annotations.NullMarked;
