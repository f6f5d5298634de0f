package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Replica;
import dev.penstock.monitor.recording.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Has the windows of versions know what all servers count that share a record, and one server alone tell of a
/// version's drift. Not thread-safe; waits for nothing but in [#close].
final class SharedCounts {
    private static final System.Logger LOG = System.getLogger(SharedCounts.class.getName());

    /// How often the record is looked at.
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    /// After which, while the record is away, each one tells of what it sees.
    private static final Duration ALONE = Duration.ofMinutes(1);

    /// Versions at once, of what is written and of what is read from the beginning.
    private static final int MOST_WRITTEN = 64;

    private static final int MOST_READ = 8;

    private final Sharing sharing;
    private final CountExchange exchange;
    private final DiskWork disk;
    private final RecordingMemory memory;
    private final Map<ModelKey, VersionShare> shares = new HashMap<>();

    /// What is not written yet; of each version the last.
    private final Map<ModelKey, CountExchange.Out> out = new LinkedHashMap<>();

    private final Set<ModelKey> left = new HashSet<>();
    private Map<ModelKey, String> told = Map.of();
    private final AtomicReference<CountExchange.@Nullable Answer> answered = new AtomicReference<>();

    /// Whether nobody is at it.
    private volatile boolean idle = true;

    private volatile boolean failed;

    /// Whether there is more to be read at once.
    private boolean more;

    private long askedMillis = Long.MIN_VALUE / 2;

    /// For how long it was looked for without an answer.
    private long awayMillis;

    private long lookedMillis = Long.MIN_VALUE;

    SharedCounts(Sharing sharing, DiskWork disk, RecordingMemory memory) {
        this.sharing = sharing;
        this.exchange = new CountExchange(sharing);
        this.disk = disk;
        this.memory = memory;
    }

    /// Has windows know what came of others meanwhile.
    void take(Watches watches, long nowMillis) {
        passed(nowMillis);
        keep(watches);
        CountExchange.Answer answer = answered.getAndSet(null);
        if (answer == null) {
            return;
        }
        awayMillis = 0;
        told = answer.told();
        more = answer.more();
        left.removeAll(answer.request().left());
        answer.request().out().forEach(this::written);
        answer.news().forEach(window -> news(watches, window, nowMillis));
        answer.past().forEach(window -> past(watches, window));
        for (ModelKey key : answer.request().unknown()) {
            VersionShare share = shares.get(key);
            if (share != null) {
                share.seeded();
            }
        }
    }

    /// A time in which nobody looked, as that of a process that was stopped, says nothing of the record.
    private void passed(long nowMillis) {
        long since = lookedMillis == Long.MIN_VALUE ? 0 : nowMillis - lookedMillis;
        lookedMillis = nowMillis;
        awayMillis += Math.clamp(since, 0, LOOK_EVERY.toMillis());
    }

    private void written(CountExchange.Out written) {
        CountExchange.Out later = out.get(written.key());
        if (!out.remove(written.key(), written) && later != null) {
            out.put(written.key(), later.after(written));
        }
    }

    /// Of versions that are not watched any more, or begin anew, nothing is known.
    private void keep(Watches watches) {
        for (ModelKey key : List.copyOf(shares.keySet())) {
            VersionWatch watch = watches.of(key);
            Counted counted = watch == null ? null : watch.counted();
            VersionShare share = shares.get(key);
            if (share != null && (counted == null || !share.isOf(counted.windows()))) {
                share.close();
                shares.remove(key);
                if (counted == null) {
                    left.add(key);
                }
            }
        }
    }

    private void news(Watches watches, SharedWindow window, long nowMillis) {
        VersionShare share = shares.get(window.key());
        VersionWatch watch = watches.of(window.key());
        if (share != null && watch != null && share.news(window, nowMillis)) {
            watch.othersCounted();
        }
    }

    private void past(Watches watches, SharedWindow window) {
        VersionShare share = shares.get(window.key());
        VersionWatch watch = watches.of(window.key());
        if (share != null && watch != null) {
            share.past(window);
            watch.othersCounted();
        }
    }

    /// Has others know what was counted here of a version that was just looked at.
    void offer(VersionWatch watch, long nowMillis, boolean ending) {
        Counted counted = watch.counted();
        Cumulative own = watch.own();
        if (counted == null || own == null || counted.baseline() == null) {
            return;
        }
        ModelKey key = watch.key();
        VersionShare share = shares.computeIfAbsent(
                key,
                _ -> new VersionShare(
                        key, counted.windows(), new Replica(sharing.server(), watch.beganMillis()), memory));
        left.remove(key);
        CountExchange.Out news = share.share(own, nowMillis, ending);
        if (news != null) {
            out.merge(key, news, CountExchange.Out::insteadOf);
        }
    }

    /// Looks at the record, and writes what is to be written, if that is due and nobody is at it.
    void exchange(long nowMillis) {
        boolean due = nowMillis - askedMillis >= LOOK_EVERY.toMillis() || (!failed && isWaiting());
        if (!idle || answered.get() != null || !due) {
            return;
        }
        CountExchange.Request request = request(nowMillis);
        askedMillis = nowMillis;
        idle = false;
        try {
            disk.execute(() -> run(request));
        } catch (RejectedExecutionException e) {
            idle = true;
        }
    }

    private boolean isWaiting() {
        return more
                || !out.isEmpty()
                || !left.isEmpty()
                || shares.values().stream().anyMatch(share -> !share.isSeeded());
    }

    private CountExchange.Request request(long nowMillis) {
        List<CountExchange.Out> written =
                out.values().stream().limit(MOST_WRITTEN).toList();
        Set<ModelKey> unknown = new HashSet<>();
        shares.forEach((key, share) -> {
            if (!share.isSeeded() && unknown.size() < MOST_READ) {
                unknown.add(key);
            }
        });
        return new CountExchange.Request(nowMillis, written, unknown, Set.copyOf(shares.keySet()), Set.copyOf(left));
    }

    private void run(CountExchange.Request request) {
        try {
            answered.set(exchange.run(request));
            failed = false;
        } catch (RuntimeException e) {
            System.Logger.Level level = failed ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
            failed = true;
            LOG.log(
                    level,
                    "what other servers count is not known now, and what is counted here is written later: {0}",
                    e.getMessage());
        } finally {
            idle = true;
        }
    }

    /// Whether this server tells of a version's drift. While the record cannot be reached for a while each one
    /// does, since nobody can know whether the one that does is still there.
    boolean tells(ModelKey key) {
        return awayMillis > ALONE.toMillis() || sharing.server().equals(told.get(key));
    }

    /// Who counted how much of a version in the last time of that length, by server.
    List<ReplicaRows> replicas(VersionWatch watch, Duration length, long nowMillis) {
        VersionShare share = shares.get(watch.key());
        Counted counted = watch.counted();
        if (share == null || counted == null) {
            return List.of();
        }
        Map<Replica, ReplicaRows> all =
                new TreeMap<>(Comparator.comparing(Replica::id).thenComparingLong(Replica::epoch));
        counted.windows().lastByReplica(length, nowMillis).forEach((replica, window) -> {
            ReplicaRows rows = rows(share, replica, window, nowMillis);
            all.merge(new Replica(rows.server(), rows.epochMillis()), rows, SharedCounts::plus);
        });
        return new ArrayList<>(all.values());
    }

    private static ReplicaRows rows(VersionShare share, Replica replica, Window window, long nowMillis) {
        Long heard = share.heardMillis(replica);
        Replica life = heard == null ? share.life() : replica;
        long lag = heard == null ? 0 : Math.max(0, nowMillis - heard);
        return new ReplicaRows(life.id(), life.epoch(), window.counts().recorded(), lag);
    }

    private static ReplicaRows plus(ReplicaRows one, ReplicaRows other) {
        return new ReplicaRows(
                one.server(),
                one.epochMillis(),
                one.rows() + other.rows(),
                Math.min(one.lagMillis(), other.lagMillis()));
    }

    /// Has others know all of it, and tell in the place of this server. Waits for the record, not for long.
    void close(Watches watches, long nowMillis) {
        for (VersionWatch watch : watches.all()) {
            offer(watch, nowMillis, true);
        }
        CountExchange.Request last = new CountExchange.Request(
                nowMillis, List.copyOf(out.values()), Set.of(), Set.copyOf(shares.keySet()), Set.copyOf(left));
        try {
            disk.execute(() -> {
                try {
                    exchange.leave(last);
                } catch (RuntimeException e) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "what was counted here last is not known to other servers: {0}",
                            e.getMessage());
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "what was counted here last is not known to other servers");
        }
    }
}
