/// Routes: a public name in front of several arms, and which of them answers whom. Pure, or on the way of a
/// request; knows neither the versions that serve nor the tables they stand in.
@NullMarked
package dev.penstock.router.split;

import org.jspecify.annotations.NullMarked;
