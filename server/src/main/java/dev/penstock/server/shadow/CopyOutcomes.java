package dev.penstock.server.shadow;

import dev.penstock.core.ErrorCode;
import dev.penstock.router.shadow.Compared;
import dev.penstock.router.shadow.ShadowDrop;
import dev.penstock.router.shadow.ShadowTally;

/// Counts what becomes of some copies for one shadow, each once, and knows how many have no outcome yet.
/// Confined to one thread.
final class CopyOutcomes {
    private final ShadowTally tally;
    private int open;

    /// @param copies that are to have an outcome
    CopyOutcomes(ShadowTally tally, int copies) {
        this.tally = tally;
        this.open = copies;
    }

    void compared(Compared result, int group) {
        open--;
        tally.compared(result, group);
    }

    void failed(ErrorCode code, int group) {
        open--;
        tally.failed(code, group);
    }

    /// One of a batch, nobody knows which.
    void failed(ErrorCode code) {
        open--;
        tally.failed(code);
    }

    void dropped(ShadowDrop why, int copies) {
        for (int i = 0; i < copies; i++) {
            open--;
            tally.dropped(why);
        }
    }

    /// Those that have no outcome yet.
    void dropRest(ShadowDrop why) {
        dropped(why, open);
    }

    /// No outcome, but how long a run was, beside the primary's of as many rows.
    ///
    /// @param group of whose request the primary's run was, or one of them
    void ran(long primaryNanos, long shadowNanos, int group) {
        tally.ran(primaryNanos, shadowNanos, group);
    }
}
