package dev.penstock.monitor.recording;

import com.google.errorprone.annotations.CheckReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.RunObserver;
import dev.penstock.core.RunRows;
import dev.penstock.core.Signature;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What one loaded version is asked and answers, counted by the threads that run it. Any thread may ask for
/// snapshots and say what is known.
///
/// What a signature leaves open, the size of rows and whether scores are probabilities, is decided by the first
/// rows; until then there is no plan and nothing is counted. A new plan begins at zero.
public final class VersionRecording implements RunObserver {
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
    private long reservedBytes;

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

    private volatile int shift;

    /// @param signature as the file itself says it
    /// @param writers how many threads may run the version
    /// @param memory where plans find room, or do not
    /// @param clock times some of the recording
    public VersionRecording(
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
    public void retry() {
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

    public ModelKey key() {
        return key;
    }

    /// Why nothing is recorded though it was asked for, with what was asked and what is expected; "" if that is
    /// not so.
    public String refusal() {
        return refusal;
    }

    /// What the model's configuration says of what is done with the counts.
    public Map<String, String> judging() {
        return settings.judging();
    }

    /// What of it is not monitored though it was asked for, or looks as nothing known does, and why.
    public List<String> notes() {
        return notes;
    }

    /// The plan that is counted by, or null before the first rows.
    public @Nullable MonitorPlan plan() {
        Installed now = installed;
        return now == null ? null : now.plan();
    }

    /// From now on one row in 2^shift is recorded.
    ///
    /// @param newShift from 0 to [Sampling#MOST_SHIFT]
    public void sample(int newShift) {
        shift = Math.clamp(newShift, 0, Sampling.MOST_SHIFT);
    }

    public int shift() {
        return shift;
    }

    @Override
    public void ran(int writer, RunRows run) {
        if (off) {
            return;
        }
        try {
            Installed now = installed;
            if ((now == null || !now.isWhole()) && isToBeLookedAt()) {
                now = plannedFor(run);
            }
            if (now != null) {
                now.recorder(writer).record(run, shift);
            }
        } catch (RuntimeException | Error e) {
            // The model goes on to serve; whatever this was would come again with the next run.
            fail(e);
        }
    }

    private boolean isToBeLookedAt() {
        return !seldom || (++unlooked & (SELDOM - 1)) == 0;
    }

    private void fail(Throwable why) {
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
                MonitorPlan better = plan.with(known);
                for (MonitorPlan candidate : List.of(better, plan)) {
                    if (tryReserve(candidate)) {
                        return new PlanVerdict.Planned(candidate, said, unknown);
                    }
                }
                crowdedOut = plan.bytes(writers) <= settings.maxBytes();
                refuse("monitoring %d features takes %d bytes, and all models together %d (expected: <= %d)"
                        .formatted(
                                plan.features().size(),
                                plan.bytes(writers),
                                memory.reservedBytes() - reservedBytes + plan.bytes(writers),
                                memory.maxBytes()));
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
        memory.release(reservedBytes);
        reservedBytes = 0;
        System.Logger.Level level = said ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
        said = true;
        LOG.log(level, "{0} is not monitored: {1}", key, reason);
    }

    @GuardedBy("lock")
    private boolean tryReserve(MonitorPlan plan) {
        long bytes = plan.bytes(writers);
        if (bytes > settings.maxBytes() || !memory.tryReplace(reservedBytes, bytes)) {
            return false;
        }
        reservedBytes = bytes;
        return true;
    }

    /// Has this and every later plan know more. Where that makes another plan, counting begins anew.
    ///
    /// @return false if the plan would take more memory than it may; then nothing changes
    @CheckReturnValue
    public boolean know(Known more) {
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
                if (!tryReserve(plan)) {
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

    /// Tells whether there is anything new, and takes next to nothing: it is another one after something was
    /// recorded, after counting began, began anew or ended, and, while there is no room, after others gave
    /// some back. Of a run that is being recorded while somebody asks, the next one to ask is told.
    public long stamp() {
        if (off) {
            return -1 - (crowdedOut ? memory.releases() : 0);
        }
        Installed now = installed;
        return now == null ? 0 : now.stamp();
    }

    /// What all threads have counted by the plan so far, each up to a moment between two of its runs; null
    /// before there is a plan.
    public @Nullable Cumulative snapshot() {
        Installed now = installed;
        return now == null ? null : now.snapshot();
    }

    /// Takes in what recorders kept to learn from. To be called every second or so while the plan is learning:
    /// what finds no room meanwhile is not learnt from.
    ///
    /// @return how many values were seen so far of the feature of which fewest were; the largest number if
    ///     nothing is to be learnt, 0 before there is a plan
    public long learn() {
        Installed now = installed;
        return now == null ? 0 : now.learn();
    }

    /// How many different values categorical features had that are not known, as far as [#learn] has taken them
    /// in.
    ///
    /// @return by name, of those that had one
    public Map<String, Long> unseen() {
        Installed now = installed;
        return now == null ? Map.of() : now.unseen();
    }

    /// The edges and categories that were learnt so far, for [#know].
    ///
    /// @param bins of numeric features, from 1 to 30
    /// @param topK how many categories are counted for themselves, up to [Categories#MOST]
    public Known learnt(int bins, int topK) {
        Installed now = installed;
        return now == null ? Known.NOTHING : now.learnt(bins, topK);
    }

    /// What recording one row takes lately, from runs that were timed; 0 before there is one. For one caller,
    /// who asks now and then.
    public double nanosPerRow() {
        Installed now = installed;
        return now == null ? 0 : now.nanosPerRow();
    }

    /// What counting takes at most.
    public long bytes() {
        lock.lock();
        try {
            return reservedBytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            off = true;
            closed = true;
            memory.release(reservedBytes);
            reservedBytes = 0;
        } finally {
            lock.unlock();
        }
    }
}
