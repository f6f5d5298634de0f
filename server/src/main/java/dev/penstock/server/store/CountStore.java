package dev.penstock.server.store;

import dev.penstock.core.ModelKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// What servers that share a record count of versions. It raises no revision, is in no audit log and no
/// backup, and nobody is told: whoever wants to know looks. Times are milliseconds since 1970. Thread-safe;
/// blocks and throws [StoreException]: never on an event loop.
public interface CountStore {
    /// Of one sub-window's JSON.
    int MOST_CHARACTERS = 1 << 24;

    /// A server that shares what it counts.
    ///
    /// @param last number of what it wrote last
    /// @param at when it was heard of last
    record CountingServer(long last, long at) {}

    /// How long what was counted is kept.
    ///
    /// @param hourly from when on the first ones of each hour are
    /// @param all from when on all are
    record Keeping(long hourly, long all) {}

    /// Writes sub-windows of one server in one transaction, with one number more than before, and deletes
    /// those of the same versions that are not kept any more, but none of these. The server is heard of, also
    /// with nothing to write.
    void write(String server, long nowMillis, List<CountedWindow> windows, Keeping keeping);

    /// Deletes what no server needs any more.
    ///
    /// @param beforeMillis of all servers
    void sweep(long beforeMillis);

    Map<String, CountingServer> servers();

    /// What a server wrote after that number, in order.
    ///
    /// @param to the last number; all of one number is written at once
    List<CountedWindow> written(String server, long after, long to);

    /// What all servers have counted of a version, the oldest first.
    List<CountedWindow> of(ModelKey key);

    /// Which server tells of a version's drift.
    Map<ModelKey, String> watchers();

    /// Has a server tell of drift, instead of another one if it is still that.
    ///
    /// @param wanted those that it wants, by who tells of them now, "" if nobody does
    void watch(String server, Map<ModelKey, String> wanted);

    /// Has a server tell of these no more.
    void leave(String server, Collection<ModelKey> keys);
}
