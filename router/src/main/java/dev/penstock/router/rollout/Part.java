package dev.penstock.router.rollout;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The part of a rollout that is under way, which is a step or a quarter of an hour of a longer one: on what
/// comes in it new bets are made that the candidate has become worse. Where it ends says nothing of what was
/// counted. Immutable.
///
/// @param step of the rollout; of what a release before this one recorded none
/// @param number of the part in that step
/// @param before what had been counted when it began, of the epochs that are kept: what counts once only
public record Part(int step, long number, List<Epoch> before) {
    public static final Part NONE = new Part(-1, 0, List.of());

    static final long MILLIS = 15 * 60 * 1000;

    public Part {
        before = List.copyOf(before);
    }

    static Part begins(int step, long number, List<Epoch> epochs) {
        List<Epoch> before = new ArrayList<>();
        epochs.forEach(epoch -> before.add(epoch.once()));
        return new Part(step, number, before);
    }

    boolean is(int otherStep, long otherNumber) {
        return step == otherStep && number == otherNumber;
    }

    /// What of an epoch came in this part: what counts once only.
    Epoch of(Epoch epoch) {
        Epoch all = epoch.once();
        return before(epoch).map(all::onceSince).orElse(all);
    }

    /// Without an epoch that is not kept any more.
    Part without(Epoch gone) {
        return before(gone).isEmpty()
                ? this
                : new Part(
                        step,
                        number,
                        before.stream()
                                .filter(epoch -> !epoch.isOf(gone.step(), gone.weights()))
                                .toList());
    }

    private Optional<Epoch> before(Epoch epoch) {
        return before.stream()
                .filter(one -> one.isOf(epoch.step(), epoch.weights()))
                .findFirst();
    }
}
