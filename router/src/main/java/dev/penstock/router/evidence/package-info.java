/// What the counts of two arms say of which is worse, as pure functions: no clock, no thread, nothing
/// remembered.
///
/// Whatever is said holds however often one looks, and whenever one stops. What each function wants are counts
/// that add up: of ticks, of replicas, of what was before a restart.
@NullMarked
package dev.penstock.router.evidence;

import org.jspecify.annotations.NullMarked;
