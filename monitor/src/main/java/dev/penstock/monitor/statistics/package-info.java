/// The arithmetic of drift and quality: distributions, distances between histograms, tests, sequential
/// detectors.
///
/// Pure functions over counters and sums. Nothing here keeps the arrays it is given, none is changed, and any
/// thread may call. Logarithms are natural unless a name says otherwise. An argument outside of a function's
/// domain is an [IllegalArgumentException] that gives the value.
@NullMarked
package dev.penstock.monitor.statistics;

import org.jspecify.annotations.NullMarked;
