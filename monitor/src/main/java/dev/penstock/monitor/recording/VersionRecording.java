package dev.penstock.monitor.recording;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.RunObserver;
import dev.penstock.core.RunRows;
import dev.penstock.core.Signature;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one loaded version is asked and answers, counted by the threads that run it. Any thread may ask for
/// snapshots and say what is known.
///
/// What a signature leaves open, the size of rows and whether scores are probabilities, is decided by the first
/// rows; until then there is no plan and nothing is counted. A new plan begins at zero.
public final class VersionRecording implements RunObserver {
    private final ModelKey key;
    private final MonitorSettings settings;
    private final PlanInForce plan;
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
        this.settings = settings;
        this.plan = new PlanInForce(key, signature, settings, writers, memory, clock);
    }

    /// Tries again what was refused for want of room: others may have given some back.
    public void retry() {
        plan.retry();
    }

    public ModelKey key() {
        return key;
    }

    /// Why nothing is recorded though it was asked for, with what was asked and what is expected; "" if that is
    /// not so.
    public String refusal() {
        return plan.refusal();
    }

    /// What the model's configuration says of what is done with the counts.
    public Map<String, String> judging() {
        return settings.judging();
    }

    /// What of it is not monitored though it was asked for, or looks as nothing known does, and why.
    public List<String> notes() {
        return plan.notes();
    }

    /// The plan that is counted by, or null before the first rows.
    public @Nullable MonitorPlan plan() {
        Installed now = plan.installed();
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
        if (plan.isOff()) {
            return;
        }
        try {
            Installed now = plan.counting(run);
            if (now != null) {
                now.recorder(writer).record(run, shift);
            }
        } catch (RuntimeException | Error e) {
            // The model goes on to serve; whatever this was would come again with the next run.
            plan.fail(e);
        }
    }

    /// Has this and every later plan know more. Where that makes another plan, counting begins anew.
    ///
    /// @return false if the plan would take more memory than it may; then nothing changes
    @CheckReturnValue
    public boolean know(Known more) {
        return plan.know(more);
    }

    /// Tells whether there is anything new, and takes next to nothing: it is another one after something was
    /// recorded, after counting began, began anew or ended, and, while there is no room, after others gave
    /// some back. Of a run that is being recorded while somebody asks, the next one to ask is told.
    public long stamp() {
        return plan.stamp();
    }

    /// What all threads have counted by the plan so far, each up to a moment between two of its runs; null
    /// before there is a plan.
    public @Nullable Cumulative snapshot() {
        Installed now = plan.installed();
        return now == null ? null : now.snapshot();
    }

    /// Takes in what recorders kept to learn from. To be called every second or so while the plan is learning:
    /// what finds no room meanwhile is not learnt from.
    ///
    /// @return how many values were seen so far of the feature of which fewest were; the largest number if
    ///     nothing is to be learnt, 0 before there is a plan
    public long learn() {
        Installed now = plan.installed();
        return now == null ? 0 : now.learn();
    }

    /// How many different values categorical features had that are not known, as far as [#learn] has taken them
    /// in.
    ///
    /// @return by name, of those that had one
    public Map<String, Long> unseen() {
        Installed now = plan.installed();
        return now == null ? Map.of() : now.unseen();
    }

    /// The edges and categories that were learnt so far, for [#know].
    ///
    /// @param bins of numeric features, from 1 to 30
    /// @param topK how many categories are counted for themselves, up to [Categories#MOST]
    public Known learnt(int bins, int topK) {
        Installed now = plan.installed();
        return now == null ? Known.NOTHING : now.learnt(bins, topK);
    }

    /// What recording one row takes lately, from runs that were timed; 0 before there is one. For one caller,
    /// who asks now and then.
    public double nanosPerRow() {
        Installed now = plan.installed();
        return now == null ? 0 : now.nanosPerRow();
    }

    /// What counting takes at most.
    public long bytes() {
        return plan.bytes();
    }

    @Override
    public void close() {
        plan.close();
    }
}
