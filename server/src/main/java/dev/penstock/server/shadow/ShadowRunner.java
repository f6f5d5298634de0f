package dev.penstock.server.shadow;

import dev.penstock.server.fast.Layout;
import java.util.ArrayList;
import java.util.List;

/// Has shadows answer copies, and holds their answers against the callers': copies of the same rows together,
/// all
/// others each alone. Confined to one thread.
final class ShadowRunner {
    private final BatchRuns batches;
    private final LoneRuns alone;
    private final Pause pause;
    private final List<Group> groups = new ArrayList<>();

    /// What the thread does between two runs.
    interface Pause {
        /// Waits for as long as it is to leave its processor to others.
        ///
        /// @return false if no more is to be run
        boolean rest();
    }

    /// Copies for one shadow that one version answered.
    private record Group(ShadowTarget target, Layout layout, List<RowCopy> copies) {
        // Targets of one tap, whose list is the same for all its copies: nothing is hashed for each.
        @SuppressWarnings("ReferenceEquality")
        boolean takes(ShadowTarget other, RowCopy copy) {
            return target == other && layout == copy.layout();
        }
    }

    ShadowRunner(BatchRuns batches, LoneRuns alone, Pause pause) {
        this.batches = batches;
        this.alone = alone;
        this.pause = pause;
    }

    /// Blocks for as long as the runs take.
    void run(List<ShadowCopy> copies) {
        try {
            runAll(copies);
        } finally {
            // Their room was given back: they are not to be held until others come.
            groups.clear();
        }
    }

    private void runAll(List<ShadowCopy> copies) {
        for (ShadowCopy copy : copies) {
            for (ShadowTarget target : copy.targets()) {
                switch (copy) {
                    case RowCopy rows -> group(target, rows).add(rows);
                    case TensorCopy tensors -> runAlone(tensors, target);
                }
            }
        }
        for (Group group : groups) {
            batches.run(group.target(), group.layout(), group.copies(), pause);
        }
    }

    private void runAlone(TensorCopy copy, ShadowTarget target) {
        if (pause.rest()) {
            alone.run(copy, target);
        }
    }

    private List<RowCopy> group(ShadowTarget target, RowCopy copy) {
        for (Group group : groups) {
            if (group.takes(target, copy)) {
                return group.copies();
            }
        }
        Group group = new Group(target, copy.layout(), new ArrayList<>());
        groups.add(group);
        return group.copies();
    }
}
