package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What is counted in a rollout: by which shares, and by whom, each time once. For one thread.
final class Counted {
    /// Servers, and each once more for each of its starts; what further ones count is left out.
    static final int MOST_SOURCES = 512;

    private final RolloutState from;
    private final Clocks clocks;
    private Past past;
    private List<Epoch> epochs;
    private final Map<String, Long> sources;
    private RecentFailures recent;

    /// @param clocks the step under whose shares it counts
    Counted(RolloutState from, Clocks clocks) {
        this.from = from;
        this.clocks = clocks;
        past = from.past();
        epochs = from.epochs();
        sources = new HashMap<>(from.sources());
        recent = from.recent();
    }

    Past past() {
        return past;
    }

    List<Epoch> epochs() {
        return epochs;
    }

    Map<String, Long> sources() {
        return Map.copyOf(sources);
    }

    RecentFailures recent() {
        return recent;
    }

    /// Of what counts once on each server.
    Repeats repeats() {
        List<Epoch> all = new ArrayList<>(past.totals());
        all.addAll(epochs);
        return Repeats.of(all, servers());
    }

    /// Each of them once, however often it has started.
    private int servers() {
        return (int) sources.keySet().stream().map(Counted::server).distinct().count();
    }

    private static String server(String source) {
        int start = source.lastIndexOf('/');
        return start < 0 ? source : source.substring(0, start);
    }

    /// Units that came so far say nothing of how those are dealt that come.
    void forgetMismatch() {
        past = past.withoutMismatch();
        epochs = epochs.stream().map(Epoch::withoutExposures).toList();
    }

    /// Whether the default arm's own requests fail no more often, lately, than they may.
    boolean isControlWell(double objective) {
        return recent.requests() > 0 && (double) recent.failed() <= objective * (double) recent.requests();
    }

    /// Adds what was seen under the present shares.
    void add(RolloutSpec spec, Observation seen) {
        add(spec, new Epoch(clocks.step(), from.allWeights(spec), seen.counts(), seen.copies()));
    }

    /// Adds what ended late, and what was said of answers of before, to what was counted under their shares.
    /// Where that is not kept any more, what was said is told apart, under the present ones, and nothing else
    /// counts.
    void addLate(RolloutSpec spec, Epoch late) {
        boolean kept = epochs.stream().anyMatch(epoch -> epoch.isOf(late.step(), late.weights()));
        add(spec, kept ? late : from.dealt(spec).with(late.told()));
    }

    /// Adds what was predicted only.
    void addBins(RolloutSpec spec, Observation seen) {
        Epoch bins = new Epoch(clocks.step(), from.allWeights(spec), seen.counts(), Map.of()).bins();
        if (!bins.isEmpty()) {
            add(spec, bins);
        }
    }

    /// These in the place of what was counted so far.
    void replace(List<Epoch> others) {
        epochs = others;
    }

    /// Of the oldest epochs only what they say is kept.
    private void add(RolloutSpec spec, Epoch more) {
        Repeats repeats = repeats();
        long part = (clocks.tickMillis() - clocks.stepMillis()) / Part.MILLIS;
        past = past.at(spec, epochs, clocks.step(), part, repeats);
        List<Epoch> all = new ArrayList<>(Epochs.plus(epochs, more));
        while (all.size() > Epochs.MOST) {
            List<Epoch> gone = EachOnce.of(List.of(all.removeFirst()), sources.size());
            past = past.with(spec, gone.getFirst(), repeats);
        }
        epochs = List.copyOf(all);
    }

    /// Adds what another server counted, once.
    void add(RolloutSpec spec, Tally tally, long nowMillis) {
        Long last = sources.get(tally.source());
        if (last == null ? sources.size() == MOST_SOURCES : last >= tally.number()) {
            return;
        }
        sources.put(tally.source(), tally.number());
        for (Epoch epoch : tally.epochs()) {
            if (epoch.isOnlyTold()) {
                addLate(spec, epoch);
            } else {
                add(spec, epoch);
            }
            if (recent.isLately(tally.sinceMillis(), nowMillis)) {
                addControl(epoch.counts(spec.control()), nowMillis);
            }
        }
    }

    /// That server counts itself what it adds.
    void countedBy(String source, long number) {
        if (sources.containsKey(source) || sources.size() < MOST_SOURCES) {
            sources.merge(source, number, Math::max);
        }
    }

    /// Adds what became of the default arm's requests.
    void addControl(RolloutSpec spec, Observation seen, long nowMillis) {
        addControl(seen.counts().getOrDefault(spec.control(), ArmCounts.EMPTY), nowMillis);
        seen.late().forEach(late -> addControl(late.counts(spec.control()), nowMillis));
    }

    private void addControl(ArmCounts control, long nowMillis) {
        recent = recent.plus(nowMillis, control.eligible(), control.failed());
    }
}
