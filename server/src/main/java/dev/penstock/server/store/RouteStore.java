package dev.penstock.server.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The durable record of routes and rollouts, a part of that of models: it is in its backups, and changes
/// raise its revision and are told to other servers. Thread-safe. Its methods block and throw
/// [StoreException]: never on an event loop.
///
/// The audit log has changes of a route under `routes/NAME`, those of a rollout under `rollouts/ID`.
public interface RouteStore {
    /// By name, as of one moment.
    List<RouteRecord> routes();

    Optional<RouteRecord> route(String name);

    /// Writes a route and its audit entry in one transaction. The store counts its generation, and notes who
    /// wrote it and when.
    ///
    /// @param next what it becomes, with the revision that was read (0 for a new one)
    /// @return the same as it is recorded now
    /// @throws StoreException with `STALE` if the route has another revision by now
    RouteRecord put(RouteRecord next, Act act);

    /// Forgets a route; its audit entries stay.
    ///
    /// @return the revision of this change
    /// @throws StoreException with `STALE`, see [#put]
    long delete(String name, long revision, Act act);

    /// By id, those that have ended as well.
    List<RolloutRecord> rollouts();

    /// Those of a route, by id.
    List<RolloutRecord> rolloutsOf(String route);

    /// Those whose `spec` has that text in it, by id; perhaps some that have it in upper or lower case only.
    List<RolloutRecord> rolloutsNaming(String text);

    Optional<RolloutRecord> rollout(String id);

    /// Those that are not over.
    ///
    /// @return the id of the rollout, by its route
    Map<String, String> running();

    /// Writes a rollout, what happened in it, and the route if that changes with it, in one transaction with
    /// their audit entries: after a crash all of it is there or nothing.
    ///
    /// @param next what it becomes, with the ticks that were read (0 for a new one)
    /// @param events what happened, each as JSON, in order
    /// @param route what its route becomes, with the revision that was read; nothing if it stays as it is
    /// @throws StoreException with `STALE` if the rollout or the route was written meanwhile, or it is new
    ///     and another one runs on its route
    RolloutChange change(RolloutRecord next, List<String> events, Optional<RouteRecord> route, Act act);

    /// Makes several changes of routes and begins rollouts in one transaction with their audit entries: all
    /// of it is there or nothing.
    ///
    /// @param edits in this order; one of them at least changes something, and those that do not come first
    /// @return those that change something, as they are recorded now
    /// @throws StoreException with `STALE` as [#put] and [#change] do
    List<RouteEdit> changeAll(List<RouteEdit> edits, String who, Instant at);

    /// Writes the state of a rollout and what happened in it. The audit log does not tell of it and other
    /// servers are not told: it happens with every tick.
    ///
    /// @param next with the ticks that were read; only its state may differ
    /// @throws StoreException with `STALE` if it was written meanwhile, also by another server, with
    ///     `REFUSED` if more than its state differs
    RolloutRecord keep(RolloutRecord next, List<String> events, Instant at);

    /// Forgets a rollout that is over, and what happened in it; its audit entries stay.
    ///
    /// @return the revision of this change
    /// @throws StoreException with `STALE` if it is not there, or is not over
    long forget(String rollout, Act act);

    /// What happened in a rollout, oldest first.
    ///
    /// @param after only events with a greater number
    List<RolloutEventRecord> events(String rollout, long after, int limit);

    /// Adds what another server counted; one that is there already is left as it is. The audit log does not
    /// tell of it and other servers are not told.
    ///
    /// @return false if the rollout is over, or too many are waiting to be added up: try again
    /// @throws StoreException with `REFUSED` if it is far larger than one should be
    boolean add(RolloutTallyRecord tally);

    /// What of a rollout waits to be added up, by source in order. None if it is over.
    List<RolloutTallyRecord> tallies(String rollout);

    /// Drops what was added up.
    ///
    /// @param upTo the last number, by source
    void drop(String rollout, Map<String, Long> upTo);

    /// What a change left behind.
    ///
    /// @param route as it is recorded now; nothing if it was not changed
    record RolloutChange(RolloutRecord rollout, Optional<RouteRecord> route) {}
}
