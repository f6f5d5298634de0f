package dev.penstock.monitor.recording;

/// One monitored value, and the slots in which it is counted. Every recorded row adds 1 to exactly one of them,
/// if its tensor was as planned.
public sealed interface Feature {
    /// Of outputs with [MonitorPlan#OUTPUT] before it. Unique in its plan.
    String name();

    Measure measure();

    /// The index of its first slot among all of the plan.
    int firstSlot();

    int slots();

    /// Whether its edges or categories are not known yet: its values are counted, and some are kept to learn
    /// from.
    boolean learning();

    /// What it is a measure of, if there are several of one thing that nobody asked for one by one: of a
    /// vector's the tensor's name, else its own.
    default String whole() {
        return switch (measure()) {
            case NORM, COSINE -> name().substring(0, name().lastIndexOf(':'));
            case PROJECTION -> name().substring(0, name().lastIndexOf(":projection:"));
            case VALUE, CATEGORY, CLASS, SCORE, MARGIN, ENTROPY, CLASS_SCORE -> name();
        };
    }

    default boolean output() {
        return name().startsWith(MonitorPlan.OUTPUT);
    }

    /// Counted in bins.
    ///
    /// The sums of a plan have the values' sum where the counts have how many there were, and at the feature's
    /// first slot the sum of the squares of all finite ones.
    record Numeric(String name, Measure measure, Edges edges, int firstSlot) implements Feature {
        /// Not a number.
        public static final int NAN = 0;

        public static final int POSITIVE_INFINITY = 1;
        public static final int NEGATIVE_INFINITY = 2;

        /// The tensor was left out.
        public static final int MISSING = 3;

        /// Of the bins, one after another.
        public static final int FIRST_BIN = 4;

        @Override
        public int slots() {
            return FIRST_BIN + edges.bins();
        }

        @Override
        public boolean learning() {
            return edges.count() == 0;
        }

        /// What a value is in sums at least. Of what has a range no value is far out, however narrow its bins
        /// are.
        double least() {
            return range().least();
        }

        /// The same at most.
        double most() {
            return range().most();
        }

        /// Of all values that there can be, or of those that were seen where all numbers can be.
        private Edges range() {
            return switch (measure) {
                case SCORE, MARGIN, ENTROPY, CLASS_SCORE -> Edges.UNIT;
                case COSINE -> Edges.SIGNED_UNIT;
                case VALUE, NORM, PROJECTION, CATEGORY, CLASS -> edges;
            };
        }
    }

    /// Counted by value.
    record Categorical(String name, Measure measure, Categories categories, int firstSlot) implements Feature {
        /// The tensor was left out, or has no class because a score is not a number.
        public static final int MISSING = 0;

        /// Not among what is known.
        public static final int UNSEEN = 1;

        /// Known, but not counted for itself.
        public static final int OTHER = 2;

        /// Of the categories, one after another.
        public static final int FIRST = 3;

        @Override
        public int slots() {
            return FIRST + categories.count();
        }

        @Override
        public boolean learning() {
            return categories.count() == 0;
        }
    }
}
