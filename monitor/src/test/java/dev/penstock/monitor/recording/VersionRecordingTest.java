package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.RunRows;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionRecordingTest {
    private static final TensorSpec X = TensorSpec.of("x", DataType.FP32, -1, 4);

    @Test
    void rowsOfUnknownSizeAreMeasuredWhenTheyAreFirstSeen() {
        Recorded version = new Recorded(Recorded.signature(DataType.FP32, -1));

        version.ran(Recorded.run(1).floats(0.5f, 0.5f));

        assertThat(version.categories("output:y:class")).containsExactly(1, 0);
    }

    @Test
    void anOutputThatIsAskedForLaterIsMonitoredFromThenOn() {
        TensorSpec a = TensorSpec.of("a", DataType.FP32, -1, 2);
        TensorSpec b = TensorSpec.of("b", DataType.FP32, -1, 2);
        Recorded version = new Recorded(new Signature(List.of(X), List.of(a, b), 0));
        for (int i = 0; i < 3; i++) {
            version.ran(Recorded.run(1).floats(1, 0).absent());
        }
        assertThat(version.plan().features()).hasSize(4);

        version.ran(Recorded.run(1).absent().floats(3, 2));
        version.ran(Recorded.run(1).floats(0, 1).absent());
        version.ran(Recorded.run(1).floats(0, 1).floats(3, 2));

        assertThat(version.plan().form("output:a:class")).isEqualTo(ScoreForm.PROBABILITIES);
        assertThat(version.plan().form("output:b:class")).isEqualTo(ScoreForm.SOFTMAX);
        assertThat(version.categories("output:a:class")).containsExactly(0, 2);
        assertThat(version.categories("output:b:class")).containsExactly(2, 0);
        assertThat(version.counts().seen()).isEqualTo(3);
    }

    @Test
    void aMissingInputIsCountedAsMissingAndAnotherSizeAsAMismatch() {
        MonitorSettings inputs =
                MonitorSettings.OFF.withInputs(List.of(FeatureOrder.of("x", FeatureOrder.Kind.NUMERIC)));
        Recorded version = new Recorded(Recorded.SCORES, inputs, 1);

        version.ran(new FakeRun(1).floats(1, 2, 3, 4).floats(1, 2, 3));
        version.ran(new FakeRun(2).absent().floats(1, 2, 3, 1, 2, 3));
        version.ran(new FakeRun(1).floats(1, 2, 3).floats(1, 2, 3));

        assertThat(version.count("x[3]", Feature.Numeric.MISSING)).isEqualTo(2);
        assertThat(version.bins("x[3]")).containsExactly(1);
        assertThat(version.counts().count(MonitorPlan.MISMATCHED)).isOne();
        assertThat(version.counts().recorded()).isEqualTo(4);
    }

    @Test
    void integersAndTruthsAreCountedAsCategories() {
        TensorSpec flag = TensorSpec.of("flag", DataType.BOOL, -1);
        Recorded version = new Recorded(new Signature(List.of(X), List.of(flag), 0));

        version.ran(Recorded.run(3).bytes((byte) 1, (byte) 0, (byte) 1));

        assertThat(version.categories("output:flag")).containsExactly(1, 2);
    }

    @Test
    void extremeNumbersHaveBinsAndSpoilNoSum() {
        MonitorSettings settings =
                MonitorSettings.STANDARD.withInputs(List.of(FeatureOrder.of("x", FeatureOrder.Kind.NUMERIC)));
        TensorSpec x = TensorSpec.of("x", DataType.FP64, -1, 2);
        TensorSpec price = TensorSpec.of("price", DataType.FP64, -1);
        TensorSpec scores = TensorSpec.of("scores", DataType.FP64, -1, 3);
        TensorSpec vector = TensorSpec.of("vector", DataType.FP64, -1, 1040);
        Recorded version = new Recorded(new Signature(List.of(x), List.of(price, scores, vector), 0), settings, 1);
        for (int i = 0; i < 400; i++) {
            ranWith(version, i % 20 == 0 ? 1e308 : i);
            version.recording.learn();
        }
        assertThat(Arrays.stream(version.counts().sums())).isNotEmpty().allMatch(Double::isFinite);
        assertThat(version.recording.know(version.recording.learnt(20, 64))).isTrue();

        for (int i = 0; i < 40; i++) {
            ranWith(version, i);
        }
        Cumulative before = version.counts();
        for (double value : new double[] {1e308, -1e308, Double.MAX_VALUE, 1e154, 1e150}) {
            for (int i = 0; i < 8; i++) {
                ranWith(version, value);
            }
        }

        Cumulative after = version.counts().minus(before);
        assertThat(Arrays.stream(after.sums())).isNotEmpty().allMatch(Double::isFinite);
        for (String name : List.of("output:price", "x[0]")) {
            Feature.Numeric feature = version.numeric(name);
            assertThat(after.bins(feature)[0]).as(name).isEqualTo(8);
            assertThat(Arrays.stream(after.bins(feature)).sum()).as(name).isEqualTo(40);
            assertThat(after.squares(feature)).as(name).isZero();
        }
        ranWith(version, 2);
        assertThat(version.counts().minus(before).squares(version.numeric("output:price")))
                .isEqualTo(4);
    }

    @Test
    void aNumberFarBeyondTheEdgesTakesNoPrecisionOfOthers() {
        TensorSpec price = TensorSpec.of("price", DataType.FP64, -1);
        Recorded version = new Recorded(new Signature(List.of(X), List.of(price), 0));
        for (int i = 0; i < 1000; i++) {
            version.ran(Recorded.run(1).doubles((double) (i % 100)));
            version.recording.learn();
        }
        assertThat(version.recording.know(version.recording.learnt(20, 64))).isTrue();
        Feature.Numeric feature = version.numeric("output:price");
        version.ran(Recorded.run(1).doubles(1e139));
        version.ran(Recorded.run(1).doubles(-1e139));
        Cumulative before = version.counts();

        version.ran(Recorded.run(1).doubles(200.25));
        version.ran(Recorded.run(1).doubles(-3));

        Cumulative after = version.counts().minus(before);
        assertThat(Arrays.stream(after.binSums(feature)).sum()).isEqualTo(197.25);
        assertThat(after.squares(feature)).isEqualTo(200.25 * 200.25 + 9);
        // Ten times as far away as the edges reach.
        double far = Arrays.stream(before.binSums(feature)).max().orElseThrow();
        assertThat(far).isEqualTo(99 + 10 * 99, within(1e-6));
    }

    private static void ranWith(Recorded version, double value) {
        double[] vector = new double[1040];
        Arrays.fill(vector, value);
        version.ran(new FakeRun(1)
                .doubles(value, value)
                .doubles(value)
                .doubles(value, 0, -value)
                .doubles(vector));
    }

    @Test
    void edgesAndCategoriesAreLearntFromWhatIsSeen() {
        TensorSpec price = TensorSpec.of("price", DataType.FP64, -1);
        TensorSpec name = TensorSpec.of("name", DataType.BYTES, -1);
        Recorded version = new Recorded(new Signature(List.of(X), List.of(price, name), 0));
        String longName = "a name of more than the sixty-four bytes that are kept of it, which are quite a few";
        for (int i = 0; i < 1000; i++) {
            version.ran(Recorded.run(1).doubles(i).texts(i % 10 == 0 ? longName : i % 3 == 0 ? "three" : "x"));
            version.recording.learn();
        }
        assertThat(version.count("output:name", Feature.Categorical.UNSEEN)).isEqualTo(1000);
        assertThat(version.recording.learn()).isEqualTo(1000);

        Known learnt = version.recording.learnt(20, 2);
        assertThat(version.recording.know(learnt)).isTrue();

        assertThat(version.plan().learning()).isFalse();
        assertThat(version.numeric("output:price").edges().edge(10)).isEqualTo(499);
        assertThat(version.categorical("output:name").categories().kept())
                .extracting(Category::name)
                .containsExactly("x", "three");
        assertThat(version.categorical("output:name")
                        .categories()
                        .beyond()
                        .getFirst()
                        .name())
                .isEqualTo(longName.substring(0, 64) + "…");
        version.ran(Recorded.run(4).doubles(0, 1, 2, 3).texts("three", longName, "new", "x"));
        assertThat(version.counts().seen()).isEqualTo(4);
        assertThat(version.categories("output:name")).containsExactly(1, 1);
        assertThat(version.count("output:name", Feature.Categorical.OTHER)).isOne();
        assertThat(version.count("output:name", Feature.Categorical.UNSEEN)).isOne();
    }

    @Test
    void whatNobodyLearnsFromMeanwhileIsBounded() {
        Recorded version = new Recorded(Recorded.signature(DataType.FP64));
        for (int i = 0; i < 10_000; i++) {
            version.ran(Recorded.run(1).doubles(i));
        }

        assertThat(version.recording.learn()).isEqualTo(256);
        assertThat(version.bins("output:y")).containsExactly(10_000);
    }

    @Test
    void vectorsAreHeldAgainstTheMiddleOfWhatWasSeen() {
        Recorded version = new Recorded(Recorded.signature(DataType.FP32, 2000));
        float[] vector = new float[2000];
        vector[0] = 3;
        vector[1999] = -4;
        for (int i = 0; i < 16; i++) {
            version.ran(Recorded.run(1).floats(vector));
        }
        double[] sums = version.counts().vectorSums("output:y:norm");
        assertThat(sums).hasSize(2001);
        assertThat(sums[2000]).isEqualTo(2);
        assertThat(sums[0]).isEqualTo(6);
        double[] centroid = new double[2000];
        centroid[0] = sums[0] / sums[2000];
        Known known = new Known(
                Map.of("output:y:norm", Edges.of(4, 5, 6), "output:y:cosine", Edges.SIGNED_UNIT),
                Map.of(),
                Map.of("output:y:norm", new VectorReference(centroid, 8, 42)));
        assertThat(version.recording.know(known)).isTrue();

        version.ran(Recorded.run(1).floats(vector));

        assertThat(version.bins("output:y:norm")).containsExactly(0, 1, 0, 0);
        assertThat(version.counts().binSums(version.numeric("output:y:cosine"))[Edges.SIGNED_UNIT.bin(0.6)])
                .isEqualTo(0.6);
        assertThat(version.counts().total(version.numeric("output:y:projection:7")))
                .isOne();
    }

    @Test
    void aPlanThatFindsNoRoomIsRefusedAndTheModelServes() {
        RecordingMemory memory = new RecordingMemory(150_000);
        VersionRecording first = recording(memory);
        VersionRecording second = recording(memory);
        long bytes = first.bytes();

        assertThat(first.refusal()).isEmpty();
        assertThat(second.refusal())
                .isEqualTo("monitoring 4 features takes %d bytes, and all models together %d (expected: <= 150000)"
                        .formatted(bytes, 2 * bytes));
        second.ran(0, Recorded.run(1).floats(1, 0, 0));
        assertThat(second.snapshot()).isNull();
        second.retry();
        assertThat(second.refusal()).as("there is no room yet").isNotEmpty();

        first.close();
        assertThat(memory.reservedBytes()).isZero();
        second.retry();
        second.ran(0, Recorded.run(1).floats(1, 0, 0));
        assertThat(second.refusal()).isEmpty();
        Cumulative counts = second.snapshot();
        assertThat(counts).isNotNull();
        assertThat(counts.recorded()).isOne();
        second.close();
        assertThat(memory.reservedBytes()).isZero();
    }

    @Test
    void aStampTellsWhetherAnythingIsNew() {
        RecordingMemory memory = new RecordingMemory(150_000);
        VersionRecording version = recording(memory);
        long before = version.stamp();
        assertThat(version.stamp()).isEqualTo(before);
        version.ran(0, Recorded.run(1).floats(1, 0, 0));
        long once = version.stamp();
        assertThat(once).isNotEqualTo(before);
        assertThat(version.snapshot()).isNotNull();
        assertThat(version.stamp()).as("looking is nothing new").isEqualTo(once);
        version.ran(0, Recorded.run(1).floats(1, 0, 0));
        assertThat(version.stamp()).isNotEqualTo(once);

        VersionRecording crowdedOut = recording(memory);
        long refused = crowdedOut.stamp();
        crowdedOut.ran(0, Recorded.run(1).floats(1, 0, 0));
        assertThat(crowdedOut.stamp()).isEqualTo(refused);
        long counted = version.stamp();
        version.close();
        assertThat(version.stamp()).isNotEqualTo(counted);
        assertThat(crowdedOut.stamp()).as("there is room").isNotEqualTo(refused);
    }

    @Test
    void numbersReserveLessThanTextsAndWhatIsLearntOfThemIsReserved() {
        MonitorPlan numbers = new Recorded(Recorded.signature(DataType.FP64))
                .ran(Recorded.run(1).doubles(1))
                .plan();
        MonitorPlan texts = new Recorded(Recorded.signature(DataType.BYTES))
                .ran(Recorded.run(1).texts("a"))
                .plan();

        assertThat(texts.bytes(100) - texts.bytes(0) - numbers.bytes(100) + numbers.bytes(0))
                .as("of a hundred writers")
                .isGreaterThan(100 * 16_000);
        assertThat(numbers.bytes(0)).isGreaterThan(8_000);
        Known edges = new Known(Map.of("output:y", Edges.of(1, 2)), Map.of(), Map.of());
        assertThat(numbers.with(edges).bytes(0))
                .as("what is known is not learnt")
                .isLessThan(numbers.bytes(0) - 6_000);
    }

    @Test
    void scoresThatAreNeverNumbersAreNotLookedAtForEver() {
        Recorded version = new Recorded(Recorded.SCORES);
        FakeRun odd = Recorded.run(1).floats(Float.NaN, 0, 0);
        for (int i = 1; i < SeenRows.PATIENCE; i++) {
            version.ran(odd);
        }
        assertThat(version.recording.snapshot()).isNull();

        version.ran(odd).ran(odd);

        assertThat(version.count("output:y:class", Feature.Categorical.MISSING)).isEqualTo(2);
        assertThat(version.plan().form("output:y:class")).isEqualTo(ScoreForm.SOFTMAX);
    }

    @Test
    void anOutputThatNobodyAsksForIsLookedForSeldomAndFoundAllTheSame() {
        TensorSpec a = TensorSpec.of("a", DataType.FP32, -1, 2);
        TensorSpec b = TensorSpec.of("b", DataType.FP32, -1, 2);
        Recorded version = new Recorded(new Signature(List.of(X), List.of(a, b), 0));
        for (int i = 0; i < 2 * SeenRows.PATIENCE; i++) {
            version.ran(Recorded.run(1).floats(1, 0).absent());
        }
        assertThat(version.plan().features()).hasSize(4);

        for (int i = 0; i < 1024; i++) {
            version.ran(Recorded.run(1).floats(1, 0).floats(3, 2));
        }

        assertThat(version.plan().features()).hasSize(8);
    }

    @Test
    void textsThatAreNotThereAreAMismatch() {
        TensorSpec name = TensorSpec.of("name", DataType.BYTES, -1, 1);
        Recorded version = new Recorded(new Signature(List.of(X), List.of(name), 0));

        version.ran(Recorded.run(1).texts("a"))
                .ran(Recorded.run(1).texts())
                .ran(Recorded.run(3).texts("b", "c"))
                .ran(Recorded.run(1).texts("d"));

        assertThat(version.count("output:name", Feature.Categorical.UNSEEN)).isEqualTo(4);
        assertThat(version.counts().count(MonitorPlan.MISMATCHED)).isEqualTo(2);
        assertThat(version.recording.refusal()).isEmpty();
    }

    private static VersionRecording recording(RecordingMemory memory) {
        return new VersionRecording(
                new ModelKey("m", 1), Recorded.SCORES, MonitorSettings.STANDARD, 4, memory, () -> 0);
    }

    @Test
    void whatGoesWrongEndsTheRecordingAndNothingElse() {
        Recorded version = new Recorded(Recorded.SCORES);
        version.ran(Recorded.run(1).floats(1, 0, 0));

        version.recording.ran(0, new RunRows() {
            @Override
            public int rows() {
                return 1;
            }

            @Override
            public long rowBytes(int tensor) {
                return 12;
            }

            @Override
            public long offset(int tensor) {
                return 0;
            }

            @Override
            public MemorySegment memory(int tensor) {
                throw new IllegalStateException("no memory (this is a test)");
            }
        });
        version.ran(Recorded.run(1).floats(1, 0, 0));

        assertThat(version.counts().seen()).isOne();
        assertThat(version.recording.refusal()).contains("no memory (this is a test)");
    }

    @Test
    void withSamplingSomeRowsAreRecordedAndAllAreSeen() {
        Recorded version = new Recorded(Recorded.SCORES);
        version.ran(Recorded.run(1).floats(1, 0, 0));
        version.recording.sample(3);
        for (int i = 0; i < 800; i++) {
            version.ran(Recorded.run(10).floats(new float[30]));
        }

        Cumulative counts = version.counts();
        assertThat(counts.seen()).isEqualTo(8001);
        assertThat(counts.recorded()).isBetween(850L, 1150L);
        assertThat(counts.total(version.numeric("output:y:score"))).isEqualTo(counts.recorded());
    }
}
