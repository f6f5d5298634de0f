package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RolloutState;
import java.util.List;

/// What a server takes from candidates, or gives back to them, on its own: at once, whatever is recorded. Its
/// owner's lock is held.
final class Holding {
    private static final System.Logger LOG = System.getLogger(Holding.class.getName());

    private final Around around;
    private final Watch watch;

    Holding(Around around, Watch watch) {
        this.around = around;
        this.watch = watch;
    }

    /// At once, and also if the record cannot be reached.
    void hold(Drive drive, RolloutState state) {
        List<String> taken = RouteEdits.taken(drive.spec, state);
        for (String arm : taken) {
            around.published().hold(drive.spec.route(), arm);
            drive.held.add(arm);
        }
        releaseBut(drive, taken);
    }

    /// Somebody else's word came before what this server had decided, unless a person here waits to be heard.
    void holdAgain(Drive drive) {
        if (drive.order == null || drive.state.phase().isOver()) {
            releaseBut(drive, RouteEdits.taken(drive.spec, drive.state));
        }
    }

    /// Nothing is held for it any more.
    void release(Drive drive) {
        releaseBut(drive, List.of());
    }

    private void releaseBut(Drive drive, List<String> taken) {
        for (String arm : List.copyOf(drive.held)) {
            if (!taken.contains(arm)) {
                around.published().release(drive.spec.route(), arm);
                drive.held.remove(arm);
            }
        }
    }

    /// Who lets a rollout go on that is paused gives candidates their requests again that a guard took on this
    /// server.
    ///
    /// @param before the phase as it was known here
    void rearmIfLetGoOn(Drive drive, Phase before) {
        Phase now = drive.state.phase();
        if (before != Phase.PAUSED || now == Phase.PAUSED || !now.serves()) {
            return;
        }
        for (String arm : watch.tripped(drive).keySet()) {
            around.published().rearm(drive.spec.route(), arm);
            LOG.log(
                    System.Logger.Level.INFO,
                    "rollout {0}: arm {1} has its requests again, as the rollout was let go on",
                    drive.record.id(),
                    arm);
        }
    }
}
