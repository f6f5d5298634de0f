package dev.penstock.server.shadow;

import dev.penstock.router.shadow.ShadowDrop;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.shadow.ShadowTally;
import dev.penstock.server.fast.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// Has shadows answer copies, and holds their answers against the callers': copies of the same rows together,
/// all others each alone. Whatever goes wrong, each copy is counted. Confined to one thread.
final class ShadowRunner {
    private static final System.Logger LOG = System.getLogger(ShadowRunner.class.getName());

    private final BatchRuns batches;
    private final LoneRuns alone;
    private final Pause pause;
    private final Function<ShadowKey, ShadowTally> tallies;
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

    ShadowRunner(BatchRuns batches, LoneRuns alone, Pause pause, Function<ShadowKey, ShadowTally> tallies) {
        this.batches = batches;
        this.alone = alone;
        this.pause = pause;
        this.tallies = tallies;
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
            run(group);
        }
    }

    private void run(Group group) {
        counted(
                group.target(),
                group.copies().size(),
                outcomes -> batches.run(group.target(), group.layout(), group.copies(), pause, outcomes));
    }

    private void runAlone(TensorCopy copy, ShadowTarget target) {
        if (pause.rest()) {
            counted(target, 1, outcomes -> alone.run(copy, target, outcomes));
        }
    }

    private void counted(ShadowTarget target, int copies, Consumer<CopyOutcomes> runs) {
        CopyOutcomes outcomes = new CopyOutcomes(tallies.apply(target.key()), copies);
        try {
            runs.accept(outcomes);
        } catch (RuntimeException | Error e) {
            // What is wrong outside of a run is no failure of the shadow's; the next ones are asked all the
            // same.
            LOG.log(System.Logger.Level.WARNING, "copies for " + target.key() + " are lost", e);
            outcomes.dropRest(ShadowDrop.LOST);
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
