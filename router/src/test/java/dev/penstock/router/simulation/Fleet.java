package dev.penstock.router.simulation;

import java.util.List;

/// Servers, how long each of them takes, and which of them gets a request.
enum Fleet {
    ONE("one server", List.of(1.0)),
    EVEN("three alike", List.of(1.0, 1.0, 1.0)),
    /// The second one takes three times as long; the last one joins in the middle; and requests move to and
    /// fro between the first and the second with the hour.
    UNEVEN("three, not alike", List.of(1.0, 3.0, 1.5)),
    /// Not alike, but a unit stays with its server.
    STICKY("three, units stay", List.of(1.0, 3.0, 1.5)),
    /// As many as a bucket asks requests, about.
    TEN("ten alike", List.of(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0));

    private static final int JOINS = 60;
    private static final double HEIGHT = 0.8;

    private final String text;

    /// How many times as long as usual each of them takes.
    private final List<Double> slowness;

    Fleet(String text, List<Double> slowness) {
        this.text = text;
        this.slowness = slowness;
    }

    String text() {
        return text;
    }

    int servers() {
        return slowness.size();
    }

    double slowness(int server) {
        return slowness.get(server);
    }

    int server(Draws draws, int unit, int minute) {
        return switch (this) {
            case ONE -> 0;
            case EVEN, TEN -> draws.below(servers());
            case UNEVEN -> uneven(draws.uniform(), minute);
            case STICKY -> unit % servers();
        };
    }

    boolean isThere(int server, int minute) {
        return this != UNEVEN || server < 2 || minute >= JOINS;
    }

    private static int uneven(double at, int minute) {
        double last = minute < JOINS ? 0 : 1 / 3.0;
        if (at < last) {
            return 2;
        }
        double first = 0.5 + 0.5 * HEIGHT * Math.sin(2 * Math.PI * minute / 120.0);
        return at < last + (1 - last) * first ? 0 : 1;
    }
}
