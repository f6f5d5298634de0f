package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// What came in each of the 168 hours of the week (UTC, Thursday first), in the data folder: of each hour the
/// last
/// one and the one before, so that an hour that is over is not held against itself. Not thread-safe; blocks for
/// the
/// disk.
final class HourSlots {
    static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    private static final System.Logger LOG = System.getLogger(HourSlots.class.getName());
    private static final int HOURS = 168;
    private static final long WEEK_MILLIS = HOURS * HOUR_MILLIS;

    private final ModelKey key;
    private final Path folder;

    /// @param folder of all models' baselines
    HourSlots(ModelKey key, Path folder) {
        this.key = key;
        this.folder = folder.resolve(key.name()).resolve("hours-" + key.version());
    }

    /// Keeps what came in an hour. A failure is told, and costs that hour.
    ///
    /// @param hourMillis when it began
    void keep(long hourMillis, Cumulative counts) {
        if (counts.recorded() == 0 || counts.plan().learning()) {
            return;
        }
        Path file = file(hourMillis, "");
        try {
            Files.createDirectories(folder);
            if (Files.exists(file)) {
                Files.move(file, file(hourMillis, "-before"), StandardCopyOption.REPLACE_EXISTING);
            }
            Path part = file(hourMillis, "-part");
            Files.writeString(
                    part,
                    Baseline.of(key.name(), Baseline.Origin.CAPTURED, counts, hourMillis)
                            .json());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "what came to " + key + " in an hour cannot be kept", e);
        }
    }

    /// What came in the same hours of the week before, whole hours.
    ///
    /// @return null if one of them is not known by these edges
    @Nullable
    Cumulative weekBefore(MonitorPlan plan, long fromMillis, long toMillis) {
        Cumulative total = Cumulative.zero(plan);
        for (long hour = Math.floorDiv(fromMillis, HOUR_MILLIS) * HOUR_MILLIS; hour < toMillis; hour += HOUR_MILLIS) {
            Cumulative one = kept(plan, hour - WEEK_MILLIS);
            if (one == null) {
                return null;
            }
            total = total.plus(one);
        }
        return total;
    }

    private @Nullable Cumulative kept(MonitorPlan plan, long hourMillis) {
        for (String age : new String[] {"", "-before"}) {
            Path file = file(hourMillis, age);
            try {
                if (Files.exists(file)) {
                    Baseline kept = BaselineJson.read(Files.readString(file));
                    if (kept.createdMillis() == hourMillis && kept.fits(plan)) {
                        return kept.by(plan);
                    }
                }
            } catch (IOException | JacksonException | IllegalArgumentException e) {
                LOG.log(System.Logger.Level.DEBUG, "what " + file + " has cannot be read", e);
            }
        }
        return null;
    }

    private Path file(long hourMillis, String age) {
        long slot = Math.floorMod(Math.floorDiv(hourMillis, HOUR_MILLIS), (long) HOURS);
        return folder.resolve(slot + age + ".hour");
    }
}
