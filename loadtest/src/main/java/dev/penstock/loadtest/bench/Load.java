package dev.penstock.loadtest.bench;

/// How many requests are under way.
///
/// @param connections to the server
/// @param streams on each, one for REST
/// @param inFlight on each stream
public record Load(int connections, int streams, int inFlight) {
    static final Load MULTIPLEXED = new Load(8, 32, 1);
    static final Load CONNECTIONS = new Load(64, 1, 1);
    static final Load ONE = new Load(1, 1, 1);

    /// As many requests under way, each on a connection of its own.
    Load flat() {
        return new Load(connections * streams * inFlight, 1, 1);
    }

    @Override
    public String toString() {
        return connections + " x " + streams + (inFlight == 1 ? "" : " x " + inFlight);
    }
}
