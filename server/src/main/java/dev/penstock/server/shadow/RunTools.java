package dev.penstock.server.shadow;

import dev.penstock.core.NanoClock;

/// What all runs of copies need. Confined to one thread.
///
/// @param pressure says what is not to be run after all
/// @param busy tells for how long the thread had a processor
/// @param comparers of answers
record RunTools(Pressure pressure, NanoClock busy, Comparers comparers) {}
