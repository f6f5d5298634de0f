package dev.penstock.server.monitoring;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.VersionRecording;
import dev.penstock.monitor.recording.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Watches all loaded versions, on one thread of its own. Thread-safe; what asks for more than [#watched] may
/// wait for a look at all versions, and for the disk.
public final class Monitoring implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Monitoring.class.getName());

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration SWEEP_EVERY = Duration.ofDays(1);

    /// What the thread has to end what it does: a disk that hangs must not keep the server from ending.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// Hours to read, and to write, that wait at most: those of a day of ten versions.
    private static final int MOST_DISK_WORK = 256;

    private static final double NANOS_PER_SECOND = 1e9;

    private final Supplier<List<VersionRecording>> open;
    private final Predicate<ModelKey> serving;
    private final MonitoringSettings settings;
    private final InstantSource time;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<ModelKey, VersionWatch> watches = new LinkedHashMap<>();

    @GuardedBy("lock")
    private final Map<ModelKey, VersionWatch> shownWatches = Collections.unmodifiableMap(watches);

    @GuardedBy("lock")
    private final Sleepers sleepers;

    private final @Nullable Path folder;
    private final RecordingMemory memory;

    /// Of the disk, for which who looks does not wait.
    private final ThreadPoolExecutor disk = new ThreadPoolExecutor(
            0,
            1,
            TICK.toSeconds(),
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_DISK_WORK),
            Thread.ofPlatform().daemon().name("monitoring-disk").factory());

    /// All recordings, and those of each version.
    @GuardedBy("lock")
    private List<VersionRecording> listed = List.of();

    @GuardedBy("lock")
    private Map<ModelKey, List<VersionRecording>> loaded = Map.of();

    /// Those of which it was said that they cannot be watched.
    @GuardedBy("lock")
    private final Set<ModelKey> troubled = new HashSet<>();

    @GuardedBy("lock")
    private final Alerts alerts = new Alerts();

    @GuardedBy("lock")
    private final Budget budget;

    @GuardedBy("lock")
    private final BaselineStore baselines;

    @GuardedBy("lock")
    private long nowMillis;

    /// When all were looked at that had anything new.
    @GuardedBy("lock")
    private long tickedMillis;

    @GuardedBy("lock")
    private long sweptMillis;

    private volatile List<Watched> watched = List.of();

    /// Others who look at versions, after this.
    private volatile LongConsumer alongside = _ -> {};

    private volatile Supplier<List<Alert>> moreAlerts = List::of;
    private volatile boolean ending;

    /// @param open the recordings of all loaded versions, the oldest first
    /// @param serving whether a version may be asked for, loaded or not; answers at once
    /// @param memory in which baselines, and what is kept of versions that sleep, have to find room
    /// @param processors that the process may use
    /// @param folder for baselines; null keeps them in memory
    /// @param time of the clock on the wall
    public Monitoring(
            Supplier<List<VersionRecording>> open,
            Predicate<ModelKey> serving,
            RecordingMemory memory,
            MonitoringSettings settings,
            int processors,
            @Nullable Path folder,
            InstantSource time) {
        this.open = open;
        this.serving = serving;
        this.sleepers = new Sleepers(serving, memory);
        this.settings = settings;
        this.folder = folder;
        this.memory = memory;
        this.time = time;
        this.budget = new Budget(settings.cpuShare() * (double) processors * NANOS_PER_SECOND);
        this.baselines = new BaselineStore(folder, memory);
        this.thread = Thread.ofPlatform().name("monitoring").daemon().unstarted(this::run);
    }

    /// Begins to watch.
    public void start() {
        thread.start();
    }

    private void run() {
        while (!ending) {
            try {
                tick(time.millis());
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "watching the models failed", e);
            }
            LockSupport.parkNanos(this, TICK.toNanos());
        }
    }

    /// Has somebody else look at versions, too, on the same thread.
    ///
    /// @param tick told the time of each look, in milliseconds since 1970
    /// @param more what else somebody should know
    public void alongside(LongConsumer tick, Supplier<List<Alert>> more) {
        alongside = tick;
        moreAlerts = more;
    }

    /// Takes snapshots, learns, and judges what is due, of versions that have anything new; of the others once
    /// a
    /// minute, not all at once.
    ///
    /// @param atMillis since 1970; one before an earlier one counts as that
    public void tick(long atMillis) {
        boolean sweeps;
        lock.lock();
        try {
            list(atMillis);
            keep();
            List<VersionWatch> due = new ArrayList<>();
            for (VersionWatch watch : watches.values()) {
                if (watch.isDue(nowMillis)) {
                    observe(watch);
                    due.add(watch);
                }
            }
            for (VersionWatch watch : due) {
                watch(watch);
            }
            budget.share(due, watches.keySet(), nowMillis);
            for (VersionWatch watch : due) {
                conclude(watch);
            }
            tickedMillis = nowMillis;
            if (!due.isEmpty() || watched.size() != watches.size()) {
                watched = watches.values().stream().map(VersionWatch::lastShown).toList();
            }
            sweeps = nowMillis - sweptMillis >= SWEEP_EVERY.toMillis();
            sweptMillis = sweeps ? nowMillis : sweptMillis;
        } finally {
            lock.unlock();
        }
        if (sweeps && folder != null) {
            HourSlots.sweep(folder, atMillis);
        }
        alongside.accept(atMillis);
    }

    /// Knows which versions are loaded now.
    @GuardedBy("lock")
    private void list(long atMillis) {
        nowMillis = Math.max(nowMillis, atMillis);
        List<VersionRecording> now = open.get();
        if (now.equals(listed)) {
            return;
        }
        listed = now;
        Map<ModelKey, List<VersionRecording>> byVersion = new LinkedHashMap<>();
        for (VersionRecording recording : now) {
            byVersion.computeIfAbsent(recording.key(), _ -> new ArrayList<>()).add(recording);
        }
        loaded = byVersion;
        keep();
        for (Map.Entry<ModelKey, List<VersionRecording>> one : byVersion.entrySet()) {
            ModelKey key = one.getKey();
            VersionWatch watch = watches.get(key);
            if (watch == null) {
                watch = new VersionWatch(
                        key,
                        settings,
                        baselines.assigned(key.name(), key.version()),
                        new UsualOf(
                                key, shownWatches, folder == null ? null : new HourSlots(key, folder, memory, disk)));
                watches.put(key, watch);
            }
            watch.load(one.getValue());
        }
    }

    /// Those that are gone, and are not asleep, are watched no more.
    @GuardedBy("lock")
    private void keep() {
        sleepers.keep(watches, loaded.keySet(), tickedMillis, nowMillis);
        troubled.retainAll(watches.keySet());
        alerts.keep(watches.keySet(), nowMillis);
    }

    @GuardedBy("lock")
    private void observe(VersionWatch watch) {
        watch.rest(tickedMillis);
        watch.observe(nowMillis);
    }

    @GuardedBy("lock")
    private void watch(VersionWatch watch) {
        try {
            learn(watch);
            VersionWatch.Told told = watch.look(nowMillis);
            if (told != null) {
                tell(watch.key(), told);
            }
            if (!watch.isAlarmed()) {
                // Held against something else, what was told is over without a look that says so.
                alerts.end(watch.key(), nowMillis);
            }
        } catch (RuntimeException e) {
            failed(watch, e);
        }
    }

    @GuardedBy("lock")
    private void conclude(VersionWatch watch) {
        try {
            watch.conclude(nowMillis);
        } catch (RuntimeException e) {
            failed(watch, e);
        }
    }

    // Whatever one version does to it, the others are watched on. It would be said every second.
    @GuardedBy("lock")
    private void failed(VersionWatch watch, RuntimeException why) {
        if (troubled.add(watch.key())) {
            LOG.log(System.Logger.Level.ERROR, watch.key() + " cannot be watched", why);
        }
    }

    @GuardedBy("lock")
    private void learn(VersionWatch watch) {
        Baseline learnt = watch.learn(nowMillis);
        if (learnt == null) {
            return;
        }
        try {
            String full = baselines.add(learnt, needed(learnt.model()));
            if (full.isEmpty()) {
                baselines.assign(learnt.model(), watch.key().version(), learnt.id());
            } else {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the baseline of {0} is not kept; after a restart it is learnt again: {1}",
                        watch.key(),
                        full);
            }
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the baseline of " + watch.key() + " cannot be kept; after a restart it is learnt again",
                    e);
        }
    }

    @GuardedBy("lock")
    private void tell(ModelKey key, VersionWatch.Told told) {
        alerts.add(key, told, nowMillis);
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: drift {1}, {2} ({3} rows, share of features {4}, told by {5})",
                key,
                told.change(),
                told.status(),
                told.report().rows(),
                told.report().share(),
                told.cause());
    }

    /// Every version as it was after the last look. Waits for nothing.
    public List<Watched> watched() {
        return watched;
    }

    /// One version now.
    ///
    /// @throws ServingException if it is not loaded, or nothing of it is monitored
    public Watched watched(ModelKey key) {
        lock.lock();
        try {
            return observed(key).shown();
        } finally {
            lock.unlock();
        }
    }

    /// A window of a version, up to now.
    ///
    /// @param length null for the usual one
    /// @throws ServingException if the version is not loaded, or nothing of it is monitored
    public Evaluation evaluation(ModelKey key, @Nullable Duration length) {
        lock.lock();
        try {
            return observed(key).evaluation(length == null ? settings.window() : length, nowMillis);
        } finally {
            lock.unlock();
        }
    }

    /// As it is now, and so is what it is held against.
    @GuardedBy("lock")
    private VersionWatch observed(ModelKey key) {
        list(time.millis());
        VersionWatch watch = watches.get(key);
        if (watch == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND, "%s is not monitored (expected: a version that is loaded)".formatted(key));
        }
        VersionWatch champion = watch.champion();
        if (champion != null) {
            observe(champion);
        }
        observe(watch);
        return watch;
    }

    /// Of drift the active ones, then some that are over, the last one first; then others alike.
    public List<Alert> alerts() {
        List<Alert> all = new ArrayList<>();
        lock.lock();
        try {
            all.addAll(alerts.all());
        } finally {
            lock.unlock();
        }
        all.addAll(moreAlerts.get());
        return all;
    }

    /// Of a model, the oldest first.
    public List<Baseline> baselines(String model) {
        lock.lock();
        try {
            return baselines.of(model);
        } finally {
            lock.unlock();
        }
    }

    /// @throws ServingException if there is none of that id
    public Baseline baseline(String model, String id) {
        lock.lock();
        try {
            Baseline baseline = baselines.find(model, id);
            if (baseline == null) {
                throw new ServingException(ErrorCode.NOT_FOUND, "%s has no baseline '%s'".formatted(model, id));
            }
            return baseline;
        } finally {
            lock.unlock();
        }
    }

    /// Reads baselines of a model that somebody brings.
    public BaselineUpload upload(String model) {
        Map<String, BaselineUpload.Kind> kinds = new HashMap<>();
        for (Watched version : watched) {
            Cumulative total = version.total();
            if (version.key().name().equals(model) && total != null) {
                MonitorPlan plan = total.plan();
                plan.features().forEach(feature -> kinds.put(feature.name(), kind(plan, feature)));
            }
        }
        return new BaselineUpload(model, name -> kinds.getOrDefault(name, BaselineUpload.Kind.UNKNOWN), time.millis());
    }

    private static BaselineUpload.Kind kind(MonitorPlan plan, Feature feature) {
        return switch (feature) {
            case Feature.Numeric _ -> BaselineUpload.Kind.NUMBERS;
            case Feature.Categorical keys ->
                plan.texts(keys.name()) ? BaselineUpload.Kind.TEXTS : BaselineUpload.Kind.KEYS;
        };
    }

    /// What was counted lately.
    ///
    /// @param length null for the usual one
    /// @throws ServingException if the version is not loaded, or no row was counted
    public Baseline captured(ModelKey key, @Nullable Duration length) {
        Window window = evaluation(key, length).window();
        if (window == null || window.counts().recorded() == 0) {
            throw ServingException.invalid("%s: no row was counted (expected: some)".formatted(key));
        }
        return Baseline.of(key.name(), Baseline.Origin.CAPTURED, window.counts(), time.millis());
    }

    /// Keeps a baseline; one that is there already is the same.
    ///
    /// @throws ServingException if the model has as many as it may have
    /// @throws UncheckedIOException if it cannot be kept
    public void add(Baseline baseline) {
        lock.lock();
        try {
            String full = baselines.add(baseline, needed(baseline.model()));
            if (!full.isEmpty()) {
                throw new ServingException(ErrorCode.OVERLOADED, full);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets a baseline that no version needs.
    ///
    /// @throws ServingException if there is none of that id, or a version that may be asked for is held
    ///     against it
    /// @throws UncheckedIOException if it cannot be forgotten; then it is still there
    public void remove(String model, String id) {
        lock.lock();
        try {
            baseline(model, id);
            LongPredicate needed = needed(model);
            List<Long> users =
                    baselines.users(model, id).stream().filter(needed::test).toList();
            if (!users.isEmpty()) {
                throw ServingException.invalid(
                        "baseline '%s' of %s: versions %s are held against it (expected: none that serves)"
                                .formatted(id, model, users));
            }
            baselines.remove(model, id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    /// Which versions of a model are watched, or may be asked for.
    @GuardedBy("lock")
    private LongPredicate needed(String model) {
        Set<ModelKey> keys = Set.copyOf(watches.keySet());
        return version -> {
            ModelKey key = new ModelKey(model, version);
            return keys.contains(key) || serving.test(key);
        };
    }

    /// Has a version held against a baseline, now and after every restart.
    ///
    /// @throws ServingException if there is none of that id
    /// @throws UncheckedIOException if it cannot be kept; then nothing has changed
    public void hold(ModelKey key, String id) {
        lock.lock();
        try {
            Baseline baseline = baseline(key.name(), id);
            baselines.assign(key.name(), key.version(), id);
            VersionWatch watch = watches.get(key);
            if (watch != null) {
                watch.hold(baseline, nowMillis);
                alerts.end(key, nowMillis);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    /// Ends the thread. Waits for what it does, but not for ever.
    @Override
    public void close() {
        ending = true;
        LockSupport.unpark(thread);
        disk.shutdown();
        try {
            thread.join(PATIENCE.toMillis());
            if (thread.isAlive()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "watching the models has not ended after {0} s and is left behind",
                        PATIENCE.toSeconds());
            }
            if (!disk.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "hours are not written after {0} s", PATIENCE.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
