/// What a load test shall do: read from a file in YAML and from flags, checked as a whole, and written out
/// again with everything that was left to defaults.
@NullMarked
package dev.penstock.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
