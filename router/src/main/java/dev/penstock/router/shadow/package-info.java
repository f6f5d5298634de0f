/// What copies of requests say of a version that nobody sees yet: its answers held against those that callers
/// got. Pure, but for the counters.
@NullMarked
package dev.penstock.router.shadow;

import org.jspecify.annotations.NullMarked;
