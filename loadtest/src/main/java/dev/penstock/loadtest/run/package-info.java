/// Carries scenarios out: stages, the search for the highest rate, sweeps over the server's settings, and the
/// live view. What is decided (whether a load is at rest, whether the client was fast enough, which rate is
/// next) is decided by classes that start nothing and read no clock.
@NullMarked
package dev.penstock.loadtest.run;

import org.jspecify.annotations.NullMarked;
