package dev.penstock.router.simulation;

import java.util.ArrayList;
import java.util.List;

/// Many canaries, each for two hours and looked at every minute by all rules, which see the same.
final class Canaries {
    private final Traffic traffic;
    private final Steps steps;
    private final long seed;

    Canaries(Traffic traffic, Steps steps, long seed) {
        this.traffic = traffic;
        this.steps = steps;
        this.seed = seed;
    }

    void run(int number, List<Outcome> outcomes) {
        Seeds.each(number, canary -> one(new Draws(seed * 1_000_003 + canary), outcomes))
                .forEach(seen -> seen.forEach(Outcome.Seen::count));
    }

    private List<Outcome.Seen> one(Draws draws, List<Outcome> outcomes) {
        List<Outcome.Watch> watches = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            watches.add(outcome.watch());
        }
        int phase = draws.below(Traffic.MINUTES);
        boolean any = true;
        for (int minute = 0; minute < Traffic.MINUTES && any; minute++) {
            Minute seen = traffic.draw(draws, phase + minute, steps.at(minute));
            any = false;
            for (Outcome.Watch watch : watches) {
                any |= watch.goesOn(minute, seen);
            }
        }
        return watches.stream().map(Outcome.Watch::seen).toList();
    }
}
