/// What callers say later about predictions they got: the signed token that says which prediction it was, and
/// who said something already. Pure: no I/O, no thread, no clock.
@NullMarked
package dev.penstock.monitor.feedback;

import org.jspecify.annotations.NullMarked;
