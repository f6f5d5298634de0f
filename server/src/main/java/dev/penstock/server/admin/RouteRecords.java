package dev.penstock.server.admin;

import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RolloutTallyRecord;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The durable record of routes and rollouts, as this server reaches it, and what it knows of routes.
/// Thread-safe. All but [#known] and [#onChange] block.
public interface RouteRecords {
    /// The newest of every route that this server has seen, by name; while the record cannot be reached, as
    /// it was read last.
    List<RouteRecord> known();

    /// Has it run after routes or rollouts changed, whoever changed them, and once the record was read first;
    /// perhaps without a change. On the thread that learned of it, which it must not hold up. Rollouts: not
    /// after [RouteStore#keep].
    void onChange(Runnable listener);

    /// @throws dev.penstock.core.ServingException if the record cannot be read, or there is none
    <T> T read(Function<RouteStore, T> reading);

    /// Writes a route.
    ///
    /// @param next with the revision that was read; 0 for a new one
    /// @param action and `detail`: what was asked for, for the audit log
    /// @throws dev.penstock.server.store.StoreException with `STALE` if it was changed meanwhile
    /// @throws dev.penstock.core.ServingException if the record cannot be written otherwise, or there is
    ///     none
    RouteRecord put(RouteRecord next, String who, String action, String detail);

    /// Forgets a route; throws as [#put].
    void delete(String name, long revision, String who, String detail);

    /// Writes a rollout, what happened in it, and the route if that changes with it, see [RouteStore#change];
    /// throws as [#put].
    RouteStore.RolloutChange change(
            RolloutRecord next,
            List<String> events,
            Optional<RouteRecord> route,
            String who,
            String action,
            String detail);

    /// Makes several changes together, see [RouteStore#changeAll], which requests see together; throws as
    /// [#put].
    List<RouteEdit> changeAll(List<RouteEdit> edits, String who);

    /// Writes the state of a rollout, see [RouteStore#keep]; throws as [#put].
    RolloutRecord keep(RolloutRecord next, List<String> events);

    /// Forgets a rollout that is over, see [RouteStore#forget]; throws as [#put].
    void forget(String rollout, String who, String action, String detail);

    /// Adds what was counted of a rollout, see [RouteStore#add]; throws as [#put].
    boolean add(RolloutTallyRecord tally);

    /// Drops what was added up, see [RouteStore#drop]; throws as [#put].
    void drop(String rollout, Map<String, Long> upTo);
}
