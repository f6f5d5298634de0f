package dev.penstock.router.simulation;

/// What says after each minute whether a canary is to be rolled back. Remembers what it has seen.
interface Rule {
    boolean rollsBack(Minute minute);
}
