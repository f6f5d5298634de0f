package dev.penstock.router.simulation;

/// What is other about a canary.
///
/// @param errors how many times as often it fails
/// @param tail how many times as long the slowest twentieth of its requests take, so its p99 too
/// @param latency how many times as long all of its requests take
/// @param psi by how much its predictions differ, as a population stability index
record Change(double errors, double tail, double latency, double psi) {
    static final Change NONE = new Change(1, 1, 1, 0);

    static Change errors(double factor) {
        return new Change(factor, 1, 1, 0);
    }

    static Change tail(double factor) {
        return new Change(1, factor, 1, 0);
    }

    static Change latency(double factor) {
        return new Change(1, 1, factor, 0);
    }

    static Change psi(double psi) {
        return new Change(1, 1, 1, psi);
    }
}
