package dev.penstock.monitor.quality;

import dev.penstock.core.Check;
import dev.penstock.monitor.statistics.IsotonicCalibration;
import java.util.Arrays;

/// Labels by the chance that was given to them, in bins of a sixteenth of it, or of what is missing to 1,
/// whichever is less: so chances that are all small, as those of what is rare, are told apart as well as
/// others. Ordered as the chances are. It takes memory for what was seen, not for what may be. Not
/// thread-safe.
public final class FineLabels {
    /// Of each doubling.
    private static final int PARTS = 16;

    /// What is less than 2 to that power is in one bin.
    private static final int LEAST_EXPONENT = -17;

    private static final int MIDDLE = 1 - PARTS * (LEAST_EXPONENT + 1);

    /// Of which there may be labels.
    static final int PLACES = 2 * MIDDLE + 1;

    private static final long PLACE_BYTES = Short.BYTES + 2 * Long.BYTES;

    static final long MOST_BYTES = PLACES * PLACE_BYTES;

    /// Shares of all labels at which a calibration goes over to its next step: at both ends more of them, for
    /// there a step of a twentieth would hide what is rare.
    private static final double[] STEPS = {
        0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8,
        0.85, 0.9, 0.95, 0.96, 0.97, 0.98, 0.99
    };

    /// Of bins with labels, ascending.
    private short[] places = {};

    private long[] hits = {};
    private long[] totals = {};
    private int size;

    /// As they were counted elsewhere.
    ///
    /// @param places of bins, ascending
    /// @param hits labels that came true, of each
    /// @param totals labels, of each at least as many
    public static FineLabels of(long[] places, long[] hits, long[] totals) {
        Check.argument(
                hits.length == places.length && totals.length == places.length,
                "%d places with %d hits and %d labels (expected: as many of each)",
                places.length,
                hits.length,
                totals.length);
        FineLabels labels = new FineLabels();
        long last = -1;
        for (int i = 0; i < places.length; i++) {
            Check.argument(
                    places[i] > last && places[i] < PLACES,
                    "place %d after %d (expected: ascending, less than %d)",
                    places[i],
                    last,
                    PLACES);
            Check.argument(
                    hits[i] >= 0 && hits[i] <= totals[i],
                    "place %d: %d hits (expected: 0..%d)",
                    places[i],
                    hits[i],
                    totals[i]);
            labels.add((int) places[i], hits[i], totals[i]);
            last = places[i];
        }
        return labels;
    }

    /// The bin of a chance.
    static int place(double chance) {
        double distance = Math.clamp(Math.min(chance, 1 - chance), 0, 0.5);
        int exponent = Math.getExponent(distance);
        int place = exponent < LEAST_EXPONENT ? 0 : place(distance, exponent);
        return chance <= 0.5 ? place : PLACES - 1 - place;
    }

    private static int place(double distance, int exponent) {
        int part = (int) ((Math.scalb(distance, -exponent) - 1) * PARTS);
        return 1 + (exponent - LEAST_EXPONENT) * PARTS + part;
    }

    void add(double chance, boolean hit) {
        add(place(chance), hit ? 1 : 0, 1);
    }

    void add(FineLabels other) {
        for (int i = 0; i < other.size; i++) {
            add(other.places[i], other.hits[i], other.totals[i]);
        }
    }

    private void add(int place, long moreHits, long more) {
        int found = Arrays.binarySearch(places, 0, size, (short) place);
        int at = found >= 0 ? found : -1 - found;
        if (found < 0) {
            insert(at, (short) place);
        }
        hits[at] += moreHits;
        totals[at] += more;
    }

    private void insert(int at, short place) {
        if (size == places.length) {
            int more = Math.min(PLACES, size + Math.max(4, size / 2));
            places = Arrays.copyOf(places, more);
            hits = Arrays.copyOf(hits, more);
            totals = Arrays.copyOf(totals, more);
        }
        System.arraycopy(places, at, places, at + 1, size - at);
        System.arraycopy(hits, at, hits, at + 1, size - at);
        System.arraycopy(totals, at, totals, at + 1, size - at);
        places[at] = place;
        hits[at] = 0;
        totals[at] = 0;
        size++;
    }

    /// That it takes now.
    long bytes() {
        return places.length * PLACE_BYTES;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /// Of bins with labels, ascending.
    public long[] places() {
        long[] all = new long[size];
        for (int i = 0; i < size; i++) {
            all[i] = places[i];
        }
        return all;
    }

    /// By bin with labels.
    public long[] hits() {
        return Arrays.copyOf(hits, size);
    }

    /// By bin with labels.
    public long[] totals() {
        return Arrays.copyOf(totals, size);
    }

    ScoreLabels byScore() {
        long[] misses = new long[size];
        for (int i = 0; i < size; i++) {
            misses[i] = totals[i] - hits[i];
        }
        return ScoreLabels.counted(hits(), misses);
    }

    /// How likely a label of each place comes true, never falling, in some thirty steps: more would follow
    /// chance.
    double[] calibration() {
        int[] steps = steps();
        long[] stepHits = new long[STEPS.length + 1];
        long[] stepTotals = new long[STEPS.length + 1];
        for (int i = 0; i < size; i++) {
            stepHits[steps[places[i]]] += hits[i];
            stepTotals[steps[places[i]]] += totals[i];
        }
        double[] fitted = IsotonicCalibration.fit(stepHits, stepTotals);
        double[] chances = new double[PLACES];
        for (int place = 0; place < PLACES; place++) {
            chances[place] = fitted[steps[place]];
        }
        return chances;
    }

    /// By place, what step of the calibration it belongs to: by the share of the labels that are before its
    /// middle.
    private int[] steps() {
        long all = Arrays.stream(totals).sum();
        int[] steps = new int[PLACES];
        double before = 0;
        int next = 0;
        for (int place = 0; place < PLACES; place++) {
            boolean seen = next < size && places[next] == place;
            double own = seen ? (double) totals[next] : 0;
            next += seen ? 1 : 0;
            steps[place] = step((before + own / 2) / (double) all);
            before += own;
        }
        return steps;
    }

    private static int step(double share) {
        int found = Arrays.binarySearch(STEPS, share);
        return found >= 0 ? found + 1 : -1 - found;
    }
}
