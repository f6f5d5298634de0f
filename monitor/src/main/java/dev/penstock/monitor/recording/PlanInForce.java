package dev.penstock.monitor.recording;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.RunRows;
import dev.penstock.core.Signature;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The plan that one version is counted by, what it is made of, and the memory that it takes. Any thread may
/// ask and say what is known.
///
/// What a signature leaves open, the size of rows and whether scores are probabilities, is decided by the first
/// rows; until then there is no plan and nothing is counted. A new plan begins at zero.
final class PlanInForce {
    // Of what is recorded, for whoever reads the log.
    private static final System.Logger LOG = System.getLogger(VersionRecording.class.getName());

    /// What was not seen in many runs is looked for in one of so many; a power of two.
    private static final int SELDOM = 1024;

    private final ModelKey key;
    private final Signature signature;
    private final MonitorSettings settings;
    private final int writers;
    private final RecordingMemory memory;
    private final NanoClock clock;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final SeenRows rows;

    @GuardedBy("lock")
    private Known known = Known.NOTHING;

    @GuardedBy("lock")
    private final PlanRoom room;

    /// Whether a refusal was said: one that tries again and again says so once.
    @GuardedBy("lock")
    private boolean said;

    /// Whether there is to be a plan of what was seen already.
    @GuardedBy("lock")
    private boolean anew;

    @GuardedBy("lock")
    private boolean closed;

    /// Plans that were installed.
    @GuardedBy("lock")
    private long plans;

    // Written under the lock.
    private volatile @Nullable Installed installed;
    private volatile List<String> notes = List.of();
    private volatile String refusal = "";

    /// Whether nothing is recorded: for good, unless it was refused for want of room.
    private volatile boolean off;

    // Written under the lock.
    private volatile boolean crowdedOut;
    private volatile boolean seldom;

    /// Runs since something is looked for seldom. Threads may count the same ones: it does not matter who
    /// looks.
    private int unlooked;

    /// @param signature as the file itself says it
    /// @param writers how many threads may run the version
    /// @param memory where plans find room, or do not
    /// @param clock times some of the recording
    PlanInForce(
            ModelKey key,
            Signature signature,
            MonitorSettings settings,
            int writers,
            RecordingMemory memory,
            NanoClock clock) {
        this.key = key;
        this.signature = signature;
        this.settings = settings;
        this.writers = writers;
        this.memory = memory;
        this.clock = clock;
        this.rows = new SeenRows(signature);
        this.room = new PlanRoom(memory, settings.maxBytes(), writers);
        lock.lock();
        try {
            // So that what is too much is told when the version is loaded; it has no counts before the first
            // rows.
            begin();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void begin() {
        PlanVerdict.Planned planned = planned(PlanCompiler.compile(signature, settings, writers));
        if (planned != null
                && planned.plan().features().isEmpty()
                && planned.unknown().isEmpty()) {
            off = true;
        }
    }

    /// Tries again what was refused for want of room: others may have given some back.
    void retry() {
        if (!crowdedOut) {
            return;
        }
        lock.lock();
        try {
            if (crowdedOut && !closed) {
                off = false;
                crowdedOut = false;
                refusal = "";
                anew = true;
                begin();
            }
        } finally {
            lock.unlock();
        }
    }

    /// What [VersionRecording#refusal] says.
    String refusal() {
        return refusal;
    }

    /// What [VersionRecording#notes] says.
    List<String> notes() {
        return notes;
    }

    /// Whether nothing is recorded now.
    boolean isOff() {
        return off;
    }

    /// What is counted by the plan, or null before there is one and after it was refused.
    @Nullable
    Installed installed() {
        return installed;
    }

    /// What counts that run, after a look at its rows if something is not known yet; null if nothing does.
    @Nullable
    Installed counting(RunRows run) {
        Installed now = installed;
        return (now == null || !now.isWhole()) && isToBeLookedAt() ? plannedFor(run) : now;
    }

    private boolean isToBeLookedAt() {
        return !seldom || (++unlooked & (SELDOM - 1)) == 0;
    }

    /// Something went wrong that would come again with the next run: nothing is recorded any more.
    void fail(Throwable why) {
        off = true;
        refusal = "counting failed: " + why;
        LOG.log(System.Logger.Level.ERROR, key + " is not monitored any more", why);
    }

    /// Looks at rows of what is not known yet. Once there is a plan nobody waits for somebody else who looks.
    private @Nullable Installed plannedFor(RunRows run) {
        Installed before = installed;
        if (before == null) {
            lock.lock();
        } else if (!lock.tryLock()) {
            return before;
        }
        try {
            Installed now = installed;
            boolean open = now == null || !now.isWhole();
            boolean more = (open && rows.look(run)) || anew;
            seldom = !rows.isPatient();
            anew = false;
            if (more) {
                PlanVerdict.Planned planned = planned(PlanCompiler.compile(signature, settings, rows, writers));
                if (planned != null && !planned.plan().features().isEmpty()) {
                    installed = new Installed(planned.plan(), plans++, planned.unknown(), writers, clock);
                }
            }
            return off ? null : installed;
        } finally {
            lock.unlock();
        }
    }

    /// With what is known, and with memory; null if it was refused.
    @GuardedBy("lock")
    private PlanVerdict.@Nullable Planned planned(PlanVerdict verdict) {
        switch (verdict) {
            case PlanVerdict.Refused(String reason) -> {
                refuse(reason);
                return null;
            }
            case PlanVerdict.Planned(MonitorPlan plan, List<String> said, List<Integer> unknown) -> {
                notes = said;
                MonitorPlan fitting = room.tryFirst(List.of(plan.with(known), plan));
                if (fitting != null) {
                    return new PlanVerdict.Planned(fitting, said, unknown);
                }
                crowdedOut = room.mayFit(plan);
                refuse(room.refusal(plan));
                return null;
            }
        }
    }

    /// Counts no more, and gives back what that takes.
    @GuardedBy("lock")
    private void refuse(String reason) {
        refusal = reason;
        off = true;
        installed = null;
        room.release();
        System.Logger.Level level = said ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
        said = true;
        LOG.log(level, "{0} is not monitored: {1}", key, reason);
    }

    /// What [VersionRecording#know] does.
    boolean know(Known more) {
        lock.lock();
        try {
            Known all = known.and(more);
            if (off) {
                known = all;
                return true; // What it would reserve, nobody would give back.
            }
            Installed now = installed;
            MonitorPlan plan = now == null ? null : now.plan().with(all);
            if (now != null && plan != null && !plan.id().equals(now.plan().id())) {
                if (!room.tryReserve(plan)) {
                    return false;
                }
                installed = new Installed(plan, plans++, now.unknown(), writers, clock);
            }
            known = all;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// What [VersionRecording#stamp] says.
    long stamp() {
        if (off) {
            return -1 - (crowdedOut ? memory.releases() : 0);
        }
        Installed now = installed;
        return now == null ? 0 : now.stamp();
    }

    /// What counting takes at most.
    long bytes() {
        lock.lock();
        try {
            return room.bytes();
        } finally {
            lock.unlock();
        }
    }

    /// Counts no more, for good, and gives back what that takes.
    void close() {
        lock.lock();
        try {
            off = true;
            closed = true;
            room.release();
        } finally {
            lock.unlock();
        }
    }
}
