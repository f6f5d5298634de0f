package dev.penstock.server.monitoring;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.drift.DriftChange;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.VersionRecording;
import dev.penstock.monitor.recording.Window;
import dev.penstock.server.admin.BaselineRecords;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Watches all loaded versions, on one thread of its own, which waits for no disk. Thread-safe; what asks for
/// more
/// than [#watched] may wait for a look at all versions, and what is about baselines for the disk, not for long.
public final class Monitoring implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Monitoring.class.getName());

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration SWEEP_EVERY = Duration.ofDays(1);

    /// With the disk, of whoever asks about baselines; and what the thread has to end what it does: a disk that
    /// hangs must not keep the server from ending.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final double NANOS_PER_SECOND = 1e9;

    private final Supplier<List<VersionRecording>> open;
    private final Predicate<ModelKey> serving;
    private final MonitoringSettings settings;
    private final @Nullable Path folder;
    private final InstantSource time;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Watches watches;

    /// For which who looks does not wait.
    private final DiskWork disk;

    private final Baselines baselines;

    /// Null if no other server counts answers of the same versions.
    @GuardedBy("lock")
    private final @Nullable SharedCounts shared;

    /// Those of which it was said that they cannot be watched.
    @GuardedBy("lock")
    private final Set<ModelKey> troubled = new HashSet<>();

    @GuardedBy("lock")
    private final DriftAlerts alerts = new DriftAlerts();

    @GuardedBy("lock")
    private final Budget budget;

    @GuardedBy("lock")
    private long nowMillis;

    /// When all were looked at that had anything new.
    @GuardedBy("lock")
    private long tickedMillis;

    @GuardedBy("lock")
    private long sweptMillis;

    private volatile List<Watched> watched = List.of();

    /// Those of drift, after the last look.
    private volatile List<Alert> active = List.of();

    /// Others who look at versions, after this.
    private volatile LongConsumer alongside = _ -> {};

    private volatile Supplier<List<Alert>> moreAlerts = List::of;
    private volatile boolean ending;

    /// @param open the recordings of all loaded versions, the oldest first
    /// @param serving whether a version may be asked for, loaded or not; answers at once
    /// @param memory in which baselines, and what is kept of versions that sleep, have to find room
    /// @param processors that the process may use
    /// @param records for baselines; null keeps them in memory
    /// @param sharing with servers that count answers of the same versions; null if there are none
    /// @param folder for hours, where releases before kept baselines; null if there is none
    /// @param time of the clock on the wall
    public Monitoring(
            Supplier<List<VersionRecording>> open,
            Predicate<ModelKey> serving,
            RecordingMemory memory,
            MonitoringSettings settings,
            int processors,
            @Nullable BaselineRecords records,
            @Nullable Sharing sharing,
            @Nullable Path folder,
            InstantSource time) {
        this(open, serving, memory, settings, processors, records, sharing, folder, time, PATIENCE);
    }

    /// @param patience with the disk
    Monitoring(
            Supplier<List<VersionRecording>> open,
            Predicate<ModelKey> serving,
            RecordingMemory memory,
            MonitoringSettings settings,
            int processors,
            @Nullable BaselineRecords records,
            @Nullable Sharing sharing,
            @Nullable Path folder,
            InstantSource time,
            Duration patience) {
        this.open = open;
        this.serving = serving;
        this.settings = settings;
        this.folder = folder;
        this.time = time;
        this.budget = new Budget(settings.cpuShare() * (double) processors * NANOS_PER_SECOND);
        this.disk = new DiskWork(patience);
        BaselineFiles before = folder == null ? null : new BaselineFiles(folder);
        this.baselines = new Baselines(new BaselineStore(records, before, memory), disk, this::isNeeded, this::follow);
        this.shared = sharing == null ? null : new SharedCounts(sharing, disk, memory);
        if (records != null) {
            records.onChange(baselines::recordChanged);
        }
        this.watches = new Watches(
                settings,
                new Sleepers(serving, memory),
                baselines,
                key -> folder == null ? null : new HourSlots(key, folder, memory, disk));
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
        lock.lock();
        try {
            list(atMillis);
            baselines.tick(nowMillis);
            keep();
            if (shared != null) {
                shared.take(watches, nowMillis);
            }
            List<VersionWatch> due = new ArrayList<>();
            for (VersionWatch watch : watches.all()) {
                if (watch.isDue(nowMillis)) {
                    observe(watch);
                    due.add(watch);
                }
            }
            for (VersionWatch watch : due) {
                watch(watch);
            }
            budget.share(due, watches.keys(), nowMillis);
            for (VersionWatch watch : due) {
                conclude(watch);
            }
            tickedMillis = nowMillis;
            share(due);
            if (!due.isEmpty() || watched.size() != watches.keys().size()) {
                watched = watches.all().stream().map(VersionWatch::lastShown).toList();
            }
            active = alerts.active();
            sweep();
        } finally {
            lock.unlock();
        }
        alongside.accept(atMillis);
    }

    /// Has other servers know what was counted here, and one of them all tell of drift.
    @GuardedBy("lock")
    private void share(List<VersionWatch> due) {
        SharedCounts all = shared;
        if (all == null) {
            return;
        }
        for (VersionWatch watch : due) {
            all.offer(watch, nowMillis, false);
        }
        all.exchange(nowMillis);
        alerts.settle(all::tells, nowMillis);
    }

    @GuardedBy("lock")
    private boolean tells(ModelKey key) {
        return shared == null || shared.tells(key);
    }

    /// Has hours deleted that are too old, once a day.
    @GuardedBy("lock")
    private void sweep() {
        Path swept = folder;
        if (swept == null || nowMillis - sweptMillis < SWEEP_EVERY.toMillis()) {
            return;
        }
        long atMillis = nowMillis;
        try {
            disk.execute(() -> HourSlots.sweep(swept, atMillis));
            sweptMillis = nowMillis;
        } catch (RejectedExecutionException e) {
            // The disk is behind: the next look has it done.
        }
    }

    /// Knows which versions are loaded now.
    @GuardedBy("lock")
    private void list(long atMillis) {
        nowMillis = Math.max(nowMillis, atMillis);
        watches.list(open.get(), tickedMillis, nowMillis);
        forget();
    }

    /// Those that are gone, and are not asleep, are watched no more.
    @GuardedBy("lock")
    private void keep() {
        watches.keep(tickedMillis, nowMillis);
        forget();
    }

    @GuardedBy("lock")
    private void forget() {
        troubled.retainAll(watches.keys());
        alerts.keep(watches.keys(), nowMillis);
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
            DriftChange told = watch.look(nowMillis);
            if (told != null) {
                alerts.changed(watch.key(), told, tells(watch.key()), nowMillis);
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
        Baseline learnt = watches.learn(watch, nowMillis);
        if (learnt != null) {
            baselines.learnt(watch.key(), learnt);
        }
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
            Duration asked = length == null ? settings.window() : length;
            VersionWatch watch = observed(key);
            return counted(watch, watch.evaluation(asked, nowMillis));
        } finally {
            lock.unlock();
        }
    }

    /// The same, but held against that baseline instead, for once.
    ///
    /// @throws ServingException if the version counts by other bins, too
    public Evaluation evaluation(ModelKey key, @Nullable Duration length, Baseline against) {
        lock.lock();
        try {
            Duration asked = length == null ? settings.window() : length;
            VersionWatch watch = observed(key);
            return counted(watch, watch.evaluation(asked, nowMillis, against));
        } finally {
            lock.unlock();
        }
    }

    /// With who counted it.
    @GuardedBy("lock")
    private Evaluation counted(VersionWatch watch, Evaluation evaluation) {
        return shared == null ? evaluation : evaluation.with(shared.replicas(watch, evaluation.length(), nowMillis));
    }

    /// As it is now, and so is what it is held against.
    @GuardedBy("lock")
    private VersionWatch observed(ModelKey key) {
        list(time.millis());
        VersionWatch watch = watches.of(key);
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

    /// The active ones, as they were after the last look. Waits for no look.
    public List<Alert> activeAlerts() {
        List<Alert> all = new ArrayList<>(active);
        moreAlerts.get().stream().filter(alert -> alert.clearedMillis() == 0).forEach(all::add);
        return all;
    }

    /// Of a model, the oldest first. Waits for the disk, not for long.
    public List<Baseline> baselines(String model) {
        return baselines.of(model);
    }

    /// Waits for the disk, not for long.
    ///
    /// @throws ServingException if there is none of that id
    public Baseline baseline(String model, String id) {
        return baselines.find(model, id);
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

    /// Keeps a baseline; one that is there already is the same. Waits for the record, not for long.
    ///
    /// @throws ServingException if the model has as many as it may have, or it cannot be kept
    /// @throws UncheckedIOException if it is not kept yet
    public void add(Baseline baseline, String who) {
        baselines.add(baseline, who);
    }

    /// Forgets a baseline that no version needs. Waits for the record, not for long.
    ///
    /// @throws ServingException if there is none of that id, a version that may be asked for is held against
    ///     it, or it cannot be forgotten
    /// @throws UncheckedIOException if it is not forgotten yet
    public void remove(String model, String id, String who) {
        baselines.remove(model, id, who);
    }

    /// Whether a version is watched, or may be asked for.
    private boolean isNeeded(ModelKey key) {
        lock.lock();
        try {
            return watches.of(key) != null || serving.test(key);
        } finally {
            lock.unlock();
        }
    }

    /// Has a version held against a baseline, now and after every restart, on all servers. Waits for the
    /// record,
    /// not for long.
    ///
    /// @throws ServingException if there is none of that id, or it cannot be kept; then nothing has changed
    /// @throws UncheckedIOException if it is not kept yet; then it counts once it is
    public void hold(ModelKey key, String id, String who) {
        baselines.hold(key, id, who, usual -> hold(key, usual));
    }

    /// Somebody has a version held against that, perhaps for long.
    private void follow(ModelKey key, Baseline usual) {
        lock.lock();
        try {
            VersionWatch watch = watches.of(key);
            if (watch != null && !watch.has(usual)) {
                hold(key, usual);
            }
        } finally {
            lock.unlock();
        }
    }

    private void hold(ModelKey key, Baseline usual) {
        lock.lock();
        try {
            watches.hold(key, usual, nowMillis);
            alerts.end(key, nowMillis);
        } finally {
            lock.unlock();
        }
    }

    /// Ends the thread. Waits for what it does, but not for ever.
    @Override
    public void close() {
        ending = true;
        LockSupport.unpark(thread);
        try {
            thread.join(PATIENCE.toMillis());
            if (thread.isAlive()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "watching the models has not ended after {0} s and is left behind",
                        PATIENCE.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        leave();
        disk.close();
    }

    /// Has others know what was counted here last. Nobody else has the lock, unless the thread was left behind.
    private void leave() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (shared != null) {
                shared.close(watches, nowMillis);
            }
        } finally {
            lock.unlock();
        }
    }
}
