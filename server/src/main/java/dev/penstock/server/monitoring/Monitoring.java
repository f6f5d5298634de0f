package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.TickThread;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.VersionRecording;
import dev.penstock.monitor.recording.Window;
import dev.penstock.server.admin.BaselineRecords;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Watches all loaded versions, on one thread of its own, which waits for no disk: has [Rounds] look at them,
/// and answers who asks. It owns the thread and that of the disk. Thread-safe; what asks for more than
/// [#watched] may wait for a look at all versions, and what is about baselines for the disk, not for long.
public final class Monitoring implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Monitoring.class.getName());

    private static final Duration TICK = Duration.ofSeconds(1);

    /// With the disk, of whoever asks about baselines.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final double NANOS_PER_SECOND = 1e9;

    private final InstantSource time;
    private final TickThread thread;
    private final LockedRounds rounds;

    /// For which who looks does not wait.
    private final DiskWork disk;

    private final Baselines baselines;

    /// Others who look at versions, after this.
    private volatile LongConsumer alongside = _ -> {};

    private volatile Supplier<List<Alert>> moreAlerts = List::of;

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
        this.time = time;
        this.disk = new DiskWork(patience);
        BaselineFiles before = folder == null ? null : new BaselineFiles(folder);
        this.baselines = new Baselines(new BaselineStore(records, before, memory), disk, this::isNeeded, this::follow);
        if (records != null) {
            records.onChange(baselines::recordChanged);
        }
        Watches watches = new Watches(
                settings,
                new Sleepers(serving, memory),
                baselines,
                key -> folder == null ? null : new HourSlots(key, folder, memory, disk));
        Rounds all = new Rounds(
                open,
                settings,
                baselines,
                watches,
                sharing == null ? null : new SharedCounts(sharing, disk, memory),
                new Budget(settings.cpuShare() * (double) processors * NANOS_PER_SECOND));
        this.rounds = new LockedRounds(all, new HourSweep(folder, disk), serving);
        this.thread = new TickThread("monitoring", "watching the models", LOG, TICK, () -> tick(time.millis()));
    }

    /// Begins to watch.
    public void start() {
        thread.start();
    }

    /// Has somebody else look at versions, too, on the same thread.
    ///
    /// @param tick told the time of each look, in milliseconds since 1970
    /// @param more what else somebody should know
    public void alongside(LongConsumer tick, Supplier<List<Alert>> more) {
        alongside = tick;
        moreAlerts = more;
    }

    /// Looks at all versions once. The thread does that.
    ///
    /// @param atMillis since 1970; one before an earlier one counts as that
    public void tick(long atMillis) {
        rounds.look(atMillis);
        alongside.accept(atMillis);
    }

    /// Every version as it was after the last look. Waits for nothing.
    public List<Watched> watched() {
        return rounds.lastShown();
    }

    /// One version now.
    ///
    /// @throws ServingException if it is not loaded, or nothing of it is monitored
    public Watched watched(ModelKey key) {
        return rounds.shown(key, time.millis());
    }

    /// A window of a version, up to now.
    ///
    /// @param length null for the usual one
    /// @throws ServingException if the version is not loaded, or nothing of it is monitored
    public Evaluation evaluation(ModelKey key, @Nullable Duration length) {
        return rounds.evaluation(key, length, null, time.millis());
    }

    /// The same, but held against that baseline instead, for once.
    ///
    /// @throws ServingException if the version counts by other bins, too
    public Evaluation evaluation(ModelKey key, @Nullable Duration length, Baseline against) {
        return rounds.evaluation(key, length, against, time.millis());
    }

    /// Of drift the active ones, then some that are over, the last one first; then others alike.
    public List<Alert> alerts() {
        List<Alert> all = new ArrayList<>(rounds.alerts());
        all.addAll(moreAlerts.get());
        return all;
    }

    /// The active ones, as they were after the last look. Waits for no look.
    public List<Alert> activeAlerts() {
        List<Alert> all = new ArrayList<>(rounds.activeAlerts());
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
        return BaselineUpload.of(model, rounds.lastShown(), time.millis());
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

    /// Has a version held against a baseline, now and after every restart, on all servers. Waits for the
    /// record, not for long.
    ///
    /// @throws ServingException if there is none of that id, or it cannot be kept; then nothing has changed
    /// @throws UncheckedIOException if it is not kept yet; then it counts once it is
    public void hold(ModelKey key, String id, String who) {
        baselines.hold(key, id, who, usual -> rounds.hold(key, usual));
    }

    // Asked once baselines are made, which rounds need.

    private boolean isNeeded(ModelKey key) {
        return rounds.isNeeded(key);
    }

    private void follow(ModelKey key, Baseline usual) {
        rounds.follow(key, usual);
    }

    /// Ends the thread. Waits for what it does, but not for ever.
    @Override
    public void close() {
        thread.close();
        rounds.leave();
        disk.close();
    }
}
