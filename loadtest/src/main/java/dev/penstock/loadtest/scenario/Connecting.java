package dev.penstock.loadtest.scenario;

import java.time.Duration;
import java.util.Optional;

/// How requests travel.
///
/// @param connections empty to choose them by load and protocol
/// @param inFlight the most requests of an open loop that may be under way; empty to choose
/// @param threads of the client
/// @param maxWaiting how many requests of an open loop may wait in the client; empty for those of ten seconds
/// @param timeout after which the client gives a request up
/// @param deadline of an answer, from when its request was due; the server is told what is left
public record Connecting(
        Optional<Integer> connections,
        Optional<Integer> inFlight,
        int threads,
        Optional<Integer> maxWaiting,
        Duration timeout,
        Optional<Duration> deadline) {}
