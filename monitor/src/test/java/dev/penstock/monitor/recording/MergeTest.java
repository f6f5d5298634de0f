package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// Whoever records which rows, in what batches, and in whatever order counts are added: they are the same.
class MergeTest {
    private static final long SEED = 74;
    private static final int ROWS = 700;
    private static final Signature SIGNATURE = new Signature(
            List.of(TensorSpec.of("x", DataType.FP64, -1, 3), TensorSpec.of("word", DataType.BYTES, -1)),
            List.of(TensorSpec.of("scores", DataType.FP32, -1, 3), TensorSpec.of("label", DataType.INT64, -1)),
            0);
    private static final MonitorSettings SETTINGS = MonitorSettings.STANDARD.withInputs(List.of(
            FeatureOrder.of("x", FeatureOrder.Kind.NUMERIC), FeatureOrder.of("word", FeatureOrder.Kind.CATEGORICAL)));
    private static final Known KNOWN = new Known(
            Map.of("x[0]", Edges.of(-1, 0, 1), "x[1]", Edges.UNIT, "x[2]", Edges.of(0)),
            Map.of(
                    "output:label", Categories.of(List.of(Category.of(1), Category.of(2)), List.of(Category.of(3))),
                    "word", Categories.of(List.of(Category.of("a"), Category.of("bb")), List.of())),
            Map.of());

    private static final class Row {
        private final double[] x;
        private final String word;
        private final float[] scores;
        private final long label;

        Row(double[] x, String word, float[] scores, long label) {
            this.x = x;
            this.word = word;
            this.scores = scores;
            this.label = label;
        }
    }

    private static List<Row> rows(Random random) {
        double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.0, 1, -1, 1e300};
        String[] words = {"a", "bb", "", "a longer word than sixteen bytes, ö"};
        List<Row> rows = new ArrayList<>();
        // The first row decides what the scores are.
        rows.add(new Row(new double[3], "a", new float[] {1, 0, 0}, 1));
        while (rows.size() < ROWS) {
            double[] x = new double[3];
            Arrays.setAll(x, i -> random.nextInt(4) == 0 ? odd[random.nextInt(odd.length)] : random.nextGaussian());
            float a = random.nextFloat();
            float b = (1 - a) * random.nextFloat();
            float[] scores = {a, random.nextInt(50) == 0 ? Float.NaN : b, 1 - a - b};
            rows.add(new Row(x, words[random.nextInt(words.length)], scores, random.nextInt(5)));
        }
        return rows;
    }

    private static FakeRun run(List<Row> rows) {
        double[] x = new double[3 * rows.size()];
        float[] scores = new float[3 * rows.size()];
        long[] labels = new long[rows.size()];
        String[] words = new String[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i).x, 0, x, 3 * i, 3);
            System.arraycopy(rows.get(i).scores, 0, scores, 3 * i, 3);
            labels[i] = rows.get(i).label;
            words[i] = rows.get(i).word;
        }
        return new FakeRun(rows.size()).doubles(x).texts(words).floats(scores).longs(labels);
    }

    /// A process that has decided what the scores are, and knows its categories.
    private static Recorded replica(Row first, int writers) {
        Recorded replica = new Recorded(SIGNATURE, SETTINGS, writers);
        replica.ran(run(List.of(first)));
        assertThat(replica.recording.know(KNOWN)).isTrue();
        return replica;
    }

    @Test
    void noCountDependsOnBatchesWritersReplicasOrOrder() {
        Random random = new Random(SEED);
        for (int round = 0; round < 20; round++) {
            List<Row> rows = rows(random);
            Row first = rows.getFirst();
            Cumulative whole = replica(first, 1).ran(run(rows)).counts();
            List<Row> shuffled = new ArrayList<>(rows);
            Collections.shuffle(shuffled, random);

            List<Cumulative> parts = new ArrayList<>();
            int replicas = 1 + random.nextInt(3);
            int writers = 1 + random.nextInt(4);
            List<Recorded> all = new ArrayList<>();
            for (int i = 0; i < replicas; i++) {
                all.add(replica(first, writers));
            }
            for (int at = 0; at < ROWS; ) {
                int count = Math.min(ROWS - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 200));
                FakeRun batch = run(shuffled.subList(at, at + count));
                all.get(random.nextInt(replicas)).recording.ran(random.nextInt(writers), batch);
                at += count;
            }
            all.forEach(replica -> parts.add(replica.counts()));
            Collections.shuffle(parts, random);
            Cumulative merged = parts.stream().reduce(Cumulative::plus).orElseThrow();

            assertThat(merged.counts()).as("round %d of seed %d", round, SEED).containsExactly(whole.counts());
            for (int i = 0; i < whole.sums().length; i++) {
                double scale = Math.max(1, Math.abs(whole.sum(i)));
                assertThat(merged.sum(i)).isCloseTo(whole.sum(i), Offset.offset(1e-9 * scale));
            }
        }
    }

    /// Against counters that a test would write.
    @Test
    void everyRowIsCountedInOneSlotOfEachFeature() {
        List<Row> rows = rows(new Random(SEED));

        Recorded version = replica(rows.getFirst(), 1);
        version.ran(run(rows));

        Cumulative counts = version.counts();
        assertThat(counts.seen()).isEqualTo(ROWS);
        for (Feature feature : counts.plan().features()) {
            assertThat(counts.total(feature)).as(feature.name()).isEqualTo(ROWS);
        }
        Feature.Numeric x0 = version.numeric("x[0]");
        assertThat(counts.count(x0, Feature.Numeric.NAN)).isEqualTo(count(rows, row -> Double.isNaN(row.x[0])));
        assertThat(counts.count(x0, Feature.Numeric.POSITIVE_INFINITY))
                .isEqualTo(count(rows, row -> row.x[0] == Double.POSITIVE_INFINITY));
        assertThat(counts.count(x0, Feature.Numeric.NEGATIVE_INFINITY))
                .isEqualTo(count(rows, row -> row.x[0] == Double.NEGATIVE_INFINITY));
        assertThat(counts.bins(x0))
                .containsExactly(
                        count(rows, row -> row.x[0] <= -1 && Double.isFinite(row.x[0])),
                        count(rows, row -> row.x[0] > -1 && row.x[0] <= 0),
                        count(rows, row -> row.x[0] > 0 && row.x[0] <= 1),
                        count(rows, row -> row.x[0] > 1 && Double.isFinite(row.x[0])));
        assertThat(version.categories("word"))
                .containsExactly(count(rows, r -> r.word.equals("a")), count(rows, r -> r.word.equals("bb")));
        assertThat(version.count("word", Feature.Categorical.UNSEEN))
                .isEqualTo(count(rows, r -> r.word.isEmpty() || r.word.length() > 2));
        assertThat(version.categories("output:label"))
                .containsExactly(count(rows, r -> r.label == 1), count(rows, r -> r.label == 2));
        assertThat(version.count("output:label", Feature.Categorical.OTHER)).isEqualTo(count(rows, r -> r.label == 3));
    }

    private static long count(List<Row> rows, Predicate<Row> which) {
        return rows.stream().filter(which).count();
    }

    @Test
    void whatIsReadFromNativeMemoryCountsTheSame() {
        Signature floats = Recorded.signature(DataType.FP32, 3);
        Recorded heap = new Recorded(floats);
        Recorded off = new Recorded(floats);
        Random random = new Random(SEED);
        for (int i = 0; i < 50; i++) {
            float[] scores = {random.nextFloat(), random.nextFloat(), random.nextFloat()};
            heap.ran(Recorded.run(1).floats(scores));
            off.ran(Recorded.run(1).floats(scores).inNativeMemory());
        }

        assertThat(off.counts().counts()).containsExactly(heap.counts().counts());
        assertThat(off.counts().sums()).containsExactly(heap.counts().sums());
    }
}
