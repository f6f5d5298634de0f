package dev.penstock.monitor.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.monitor.statistics.DistinctCount;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is counted of a version's runs, and where: features, their edges and categories, and the slots of both
/// arrays that every recorder and snapshot has, counts and sums. Immutable; plans with equal [#id] count alike,
/// wherever they were made.
public final class MonitorPlan {
    /// What names of outputs' features begin with.
    public static final String OUTPUT = "output:";

    /// Slot of the counts: rows that ran.
    public static final int SEEN = 0;

    /// Slot of the counts: rows that were recorded. Fewer than ran while sampling is on.
    public static final int RECORDED = 1;

    /// Slot of the counts: tensors of recorded rows that did not have the planned size, so that their features
    /// were not counted, by row.
    public static final int MISMATCHED = 2;

    static final int FIRST_SLOT = 3;

    /// Snapshots that a version's windows keep, and some on their way.
    private static final int SNAPSHOTS = 40;

    /// What a writer has of each feature beside its slots: its edges, and where all that is.
    private static final long WRITERS_FEATURE = 8L * Edges.PADDED + 32;

    private final String id;
    private final List<Feature> features;
    private final List<Part> parts;
    private final int slots;
    private final int sums;

    MonitorPlan(List<Feature> features, List<Part> parts, int slots, int sums) {
        this.features = List.copyOf(features);
        this.parts = List.copyOf(parts);
        this.slots = slots;
        this.sums = sums;
        this.id = digest(this.features + "\n" + this.parts);
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /// Of everything that decides what a count means: 16 hexadecimal digits.
    public String id() {
        return id;
    }

    /// In the order of their slots.
    public List<Feature> features() {
        return features;
    }

    public @Nullable Feature feature(String name) {
        for (Feature feature : features) {
            if (feature.name().equals(name)) {
                return feature;
            }
        }
        return null;
    }

    /// Whether there is a feature whose edges or categories are not known yet.
    public boolean learning() {
        return features.stream().anyMatch(Feature::learning);
    }

    List<Part> parts() {
        return parts;
    }

    /// How many counts there are.
    public int slots() {
        return slots;
    }

    /// How many sums there are: one for each count, and those of vectors' elements.
    public int sums() {
        return sums;
    }

    /// What class scores of that output were taken for.
    ///
    /// @param name of one of their features
    /// @return null if it is no feature of class scores
    public @Nullable ScoreForm form(String name) {
        for (Part part : parts) {
            if (part instanceof Part.Scores scores) {
                int end = scores.firstClass() == Part.NONE
                        ? scores.classFeature() + 4
                        : scores.firstClass() + scores.elements();
                for (int i = scores.classFeature(); i < end; i++) {
                    if (features.get(i).name().equals(name)) {
                        return scores.form();
                    }
                }
            }
        }
        return null;
    }

    /// Whether that feature's values are texts.
    public boolean texts(String name) {
        for (Part part : parts) {
            if (part instanceof Part.Keys keys && !keys.type().hasFixedSize()) {
                for (int i = 0; i < keys.count(); i++) {
                    if (features.get(keys.firstFeature() + i).name().equals(name)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /// The vectors among what is monitored.
    public List<PlannedVector> vectors() {
        List<PlannedVector> vectors = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.Vector vector) {
                vectors.add(new PlannedVector(
                        features.get(vector.norm()),
                        vector.elements(),
                        vector.firstSum(),
                        vector.sums(),
                        vector.reference()));
            }
        }
        return vectors;
    }

    /// What recording by that many threads, learning from it, and the windows of it take at most.
    public long bytes(int writers) {
        long snapshot = 8L * (slots + sums);
        long writer = WRITERS_FEATURE * features.size();
        long known = 0;
        for (Feature feature : features) {
            writer += feature.learning() ? LearningRing.BYTES : 0;
            writer += feature.learning() && texts(feature.name()) ? LearningRing.TEXTS_BYTES : 0;
            if (feature instanceof Feature.Categorical keys) {
                known += keys.categories().bytes() + DistinctCount.BYTES;
                writer += feature.learning() ? 0 : LearningRing.BYTES;
            }
        }
        for (Part part : parts) {
            if (part instanceof Part.Vector vector) {
                VectorReference reference = vector.reference();
                known += reference == null ? 0 : reference.bytes();
                writer += 16L * vector.elements();
            }
        }
        return (writers + SNAPSHOTS) * snapshot + writers * writer + known + Learner.bytes(features);
    }

    /// The same with what is known now, as far as it has such features. Unless nothing differs it is another
    /// plan.
    public MonitorPlan with(Known known) {
        PlanBuilder builder = new PlanBuilder();
        for (Part part : parts) {
            builder.copy(this, part, known);
        }
        return builder.build();
    }

    @Override
    public String toString() {
        return "plan " + id + " of " + features.size() + " features";
    }
}
