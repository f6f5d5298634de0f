package dev.penstock.router.simulation;

/// Servers, how long each of them takes, and which of them gets a request.
enum Fleet {
    ONE("one server", 1),
    EVEN("three alike", 3),
    /// The second one takes three times as long; the last one joins in the middle; and requests move to and
    /// fro between the first and the second with the hour.
    UNEVEN("three, not alike", 3),
    /// Not alike, but a unit stays with its server.
    STICKY("three, units stay", 3),
    TEN("ten alike", 10);

    private static final int JOINS = 60;
    private static final double HEIGHT = 0.8;

    private final String text;
    private final int servers;

    Fleet(String text, int servers) {
        this.text = text;
        this.servers = servers;
    }

    String text() {
        return text;
    }

    int servers() {
        return servers;
    }

    /// How many times as long as usual that one takes.
    double slowness(int server) {
        return switch (this) {
            case ONE, EVEN, TEN -> 1;
            case UNEVEN, STICKY -> server == 0 ? 1 : server == 1 ? 3 : 1.5;
        };
    }

    int server(Draws draws, int unit, int minute) {
        return switch (this) {
            case ONE -> 0;
            case EVEN, TEN -> draws.below(servers);
            case UNEVEN -> uneven(draws.uniform(), minute);
            case STICKY -> unit % servers;
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
