/// How much of the traffic each of several arms deserves by the rewards that came back, as pure functions.
@NullMarked
package dev.penstock.router.bandit;

import org.jspecify.annotations.NullMarked;
