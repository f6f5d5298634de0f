package dev.penstock.server.arms;

import dev.penstock.core.TickThread;
import java.time.Duration;
import java.util.List;

/// Has the arms of routes looked at once a second, on a thread of its own: what takes requests away from a bad
/// candidate waits for no disk, and for nobody who does.
public final class ArmWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ArmWatch.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final String DOING = "looking at the arms of routes";

    private final List<Runnable> looks;
    private final TickThread thread;

    /// @param looks each of them short, one after another; what one throws, the others do not notice
    public ArmWatch(List<Runnable> looks) {
        this.looks = List.copyOf(looks);
        this.thread = new TickThread("arms", DOING, LOG, TICK, this::tick);
    }

    /// Begins to look.
    ///
    /// @return this
    public ArmWatch start() {
        thread.start();
        return this;
    }

    void tick() {
        for (Runnable look : looks) {
            try {
                look.run();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, DOING + " failed", e);
            }
        }
    }

    /// Ends the thread, after the look under way.
    @Override
    public void close() {
        thread.close();
    }
}
