package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Strata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What came in each of the 168 hours of the week (UTC, Thursday first), in the data folder: of each hour the
/// last one and the one before, so that an hour that is over is not held against itself. Those that are in
/// use are in memory, too, as far as there is room. Not thread-safe; waits for no disk, but has it read and
/// written.
final class HourSlots {
    static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    private static final System.Logger LOG = System.getLogger(HourSlots.class.getName());
    private static final int HOURS = 168;
    private static final long WEEK_MILLIS = HOURS * HOUR_MILLIS;

    private static final String NAME = "hours-";
    private static final String SUFFIX = ".hour";

    /// What is older is held against nothing any more.
    private static final long OLD_MILLIS = 2 * WEEK_MILLIS + Duration.ofDays(1).toMillis();

    /// Hours that a window of a day has part in, and those of others that end a little later.
    private static final int MOST_IN_USE = 27;

    private static final long ENTRY_BYTES = 128;

    private final ModelKey key;
    private final Path folder;
    private final RecordingMemory memory;

    /// By their beginning, as counts of one plan; the one that was not asked for longest first.
    private final Map<Long, InUse> inUse = new LinkedHashMap<>(2 * MOST_IN_USE, 0.75f, true);

    private String planId = "";

    /// That are being read.
    private final Set<Long> asked = new HashSet<>();

    /// What was read of them, by another thread.
    private final Map<Long, Read> arrived = new ConcurrentHashMap<>();

    private final Executor disk;
    private boolean pending;

    private record Read(String planId, KeptHour.@Nullable Counts hour) {}

    /// @param hour null if it is not known
    private record InUse(KeptHour.@Nullable Counts hour, long bytes) {}

    /// @param folder of all models' baselines
    /// @param memory in which hours have to find room
    /// @param disk runs what waits for the disk, in order
    HourSlots(ModelKey key, Path folder, RecordingMemory memory, Executor disk) {
        this.key = key;
        this.disk = disk;
        this.memory = memory;
        this.folder = folder.resolve(key.name()).resolve(NAME + key.version());
    }

    /// Keeps what came in an hour. A failure is told, and costs that hour.
    ///
    /// @param hourMillis when it began
    void keep(long hourMillis, Cumulative counts) {
        if (counts.recorded() == 0 || counts.plan().features().stream().allMatch(Feature::learning)) {
            return;
        }
        forget(hourMillis);
        try {
            disk.execute(() -> write(hourMillis, counts));
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "what came to {0} in an hour is not kept: the disk is behind", key);
        }
    }

    private void write(long hourMillis, Cumulative counts) {
        Path file = file(hourMillis, "");
        try {
            Files.createDirectories(folder);
            if (Files.exists(file)) {
                Files.move(file, file(hourMillis, "-before"), StandardCopyOption.REPLACE_EXISTING);
            }
            Path part = file(hourMillis, "-part");
            Files.writeString(part, KeptHour.of(key.name(), counts, hourMillis).json());
            Files.setLastModifiedTime(part, FileTime.fromMillis(hourMillis));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "what came to " + key + " in an hour cannot be kept", e);
        }
    }

    /// What came in the same hours of the week before, whole hours, each of which weighs as the rows that ran
    /// in it. A feature that one of them does not have by these edges is as the baseline has it.
    ///
    /// @param baseline null if there is none
    /// @return null if one of them is not known by any of these edges, or not yet ([#isPending])
    @Nullable
    Cumulative weekBefore(MonitorPlan plan, @Nullable Cumulative baseline, long fromMillis, long toMillis) {
        Strata total = new Strata(plan);
        Set<String> without = new HashSet<>();
        pending = false;
        for (long hour = Math.floorDiv(fromMillis, HOUR_MILLIS) * HOUR_MILLIS; hour < toMillis; hour += HOUR_MILLIS) {
            InUse one = kept(plan, hour - WEEK_MILLIS);
            if (one != null && one.hour() == null) {
                pending = false;
                return null;
            }
            // The others are asked for at once.
            pending |= one == null;
            KeptHour.Counts counts = one == null ? null : one.hour();
            if (counts != null) {
                total.add(counts.all());
                without.addAll(counts.without());
            }
        }
        if (pending || without.isEmpty()) {
            return pending ? null : total.total();
        }
        return total.total().with(without, baseline == null ? Cumulative.zero(plan) : baseline);
    }

    /// Whether some of the hours that were asked for last are being read.
    boolean isPending() {
        return pending;
    }

    private @Nullable InUse kept(MonitorPlan plan, long hourMillis) {
        if (!plan.id().equals(planId)) {
            close();
            planId = plan.id();
        }
        take(plan);
        InUse known = inUse.get(hourMillis);
        if (known == null && asked.size() < MOST_IN_USE && asked.add(hourMillis)) {
            ask(plan, hourMillis);
            take(plan);
            known = inUse.get(hourMillis);
        }
        return known;
    }

    private void ask(MonitorPlan plan, long hourMillis) {
        try {
            disk.execute(() -> {
                KeptHour.Counts counts = null;
                try {
                    counts = read(plan, hourMillis);
                } finally {
                    // Whatever went wrong: who asked is told, or would ask no more.
                    arrived.put(hourMillis, new Read(plan.id(), counts));
                }
            });
        } catch (RejectedExecutionException e) {
            // It is asked for again.
            asked.remove(hourMillis);
        }
    }

    /// Has in use what was read meanwhile. What finds no room is as if it were not known.
    private void take(MonitorPlan plan) {
        for (Long hour : List.copyOf(arrived.keySet())) {
            Read read = arrived.remove(hour);
            if (read == null || !read.planId().equals(plan.id())) {
                continue;
            }
            asked.remove(hour);
            if (inUse.size() >= MOST_IN_USE) {
                forget(inUse.keySet().iterator().next());
            }
            long slots = read.hour() == null ? 0 : (long) plan.slots() + plan.sums();
            long bytes = ENTRY_BYTES + Long.BYTES * slots;
            boolean room = memory.tryReserve(bytes);
            inUse.put(hour, room ? new InUse(read.hour(), bytes) : new InUse(null, 0));
        }
    }

    private void forget(long hourMillis) {
        InUse gone = inUse.remove(hourMillis);
        memory.release(gone == null ? 0 : gone.bytes());
    }

    /// Gives its memory back. It may be used on.
    void close() {
        List.copyOf(inUse.keySet()).forEach(this::forget);
        asked.clear();
        arrived.clear();
    }

    private KeptHour.@Nullable Counts read(MonitorPlan plan, long hourMillis) {
        for (String age : new String[] {"", "-before"}) {
            Path file = file(hourMillis, age);
            try {
                if (Files.exists(file)) {
                    KeptHour kept = KeptHour.read(Files.readString(file));
                    KeptHour.Counts counts = kept.began(hourMillis) ? kept.by(plan) : null;
                    if (counts != null) {
                        return counts;
                    }
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "what " + file + " has cannot be read", e);
            }
        }
        return null;
    }

    /// Deletes hours of all models that are too old for anything to be held against them: those of versions
    /// that are gone, mostly.
    ///
    /// @param folder of all models' baselines
    static void sweep(Path folder, long nowMillis) {
        try (Stream<Path> found = Files.isDirectory(folder)
                ? Files.find(folder, 2, (path, attributes) -> attributes.isDirectory() && isOne(folder, path))
                : Stream.of()) {
            found.toList().forEach(own -> sweepOne(own, nowMillis));
        } catch (IOException | UncheckedIOException e) {
            notSwept(folder, e);
        }
    }

    // In a model's folder, and never that itself: a model may be called like one.
    private static boolean isOne(Path folder, Path path) {
        return folder.relativize(path).getNameCount() == 2
                && String.valueOf(path.getFileName()).matches(NAME + "\\d+");
    }

    private static void sweepOne(Path own, long nowMillis) {
        boolean left = false;
        try {
            try (Stream<Path> files = Files.list(own)) {
                for (Path file : files.toList()) {
                    boolean old = isHour(file)
                            && nowMillis - Files.getLastModifiedTime(file).toMillis() > OLD_MILLIS;
                    if (old) {
                        Files.delete(file);
                    }
                    left |= !old;
                }
            }
            if (!left) {
                Files.delete(own);
            }
        } catch (IOException | UncheckedIOException e) {
            notSwept(own, e);
        }
    }

    private static boolean isHour(Path file) {
        return file.toString().endsWith(SUFFIX) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static void notSwept(Path folder, Exception why) {
        LOG.log(System.Logger.Level.WARNING, "what came long ago cannot be deleted from " + folder, why);
    }

    private Path file(long hourMillis, String age) {
        long slot = Math.floorMod(Math.floorDiv(hourMillis, HOUR_MILLIS), (long) HOURS);
        return folder.resolve(slot + age + SUFFIX);
    }
}
