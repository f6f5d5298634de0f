package dev.penstock.router.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowComparerTest {
    private static final long SEED = 77;
    private static final int ROUNDS = 3_000;
    private static final int COLUMNS = 3;

    /// What models answer.
    @SuppressWarnings("ImmutableEnumChecker") // A signature is a value.
    enum Kind {
        SCORES(new TensorSpec[] {TensorSpec.of("scores", DataType.FP32, -1, COLUMNS)}),
        LABELS(new TensorSpec[] {
            TensorSpec.of("label", DataType.INT64, -1), TensorSpec.of("vector", DataType.FP64, -1, COLUMNS)
        }),
        NUMBERS(new TensorSpec[] {TensorSpec.of("price", DataType.FP64, -1, 1)}),
        BITS(new TensorSpec[] {
            TensorSpec.of("flags", DataType.UINT8, -1, COLUMNS), TensorSpec.of("half", DataType.FP16, -1, COLUMNS)
        });

        final Signature signature;

        Kind(TensorSpec[] outputs) {
            signature = new Signature(List.of(TensorSpec.of("x", DataType.FP32, -1, 2)), List.of(outputs), 64);
        }
    }

    /// One answer, both as tensors and as rows behind one another.
    private record Answer(InferenceReply reply, MemorySegment memory, List<Long> offsets) {
        static Answer of(long version, Signature signature, int rows, byte[] data, int before) {
            List<Tensor> tensors = new ArrayList<>();
            List<Long> offsets = new ArrayList<>();
            byte[] all = new byte[before + data.length];
            System.arraycopy(data, 0, all, before, data.length);
            int at = before;
            for (TensorSpec spec : signature.outputs()) {
                int bytes = rows * bytesOfRow(spec);
                long[] dims = spec.shape().toArray();
                dims[0] = rows;
                ByteBuffer view = ByteBuffer.wrap(all, at, bytes).slice().order(ByteOrder.LITTLE_ENDIAN);
                tensors.add(new Tensor(spec.name(), spec.type(), Shape.of(dims), view));
                offsets.add((long) at);
                at += bytes;
            }
            InferenceReply reply = new InferenceReply(new ModelKey("m", version), tensors);
            return new Answer(reply, MemorySegment.ofArray(all), offsets);
        }
    }

    private static int bytesOfRow(TensorSpec spec) {
        return spec.type().byteSize()
                * (spec.shape().rank() == 1 ? 1 : (int) spec.shape().dim(1));
    }

    private static byte[] random(SplittableRandom random, Signature signature, int rows) {
        int bytes = signature.outputs().stream()
                        .mapToInt(RowComparerTest::bytesOfRow)
                        .sum()
                * rows;
        ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (TensorSpec spec : signature.outputs()) {
            for (int i = 0; i < rows * bytesOfRow(spec) / spec.type().byteSize(); i++) {
                put(random, spec.type(), data);
            }
        }
        return data.array();
    }

    private static void put(SplittableRandom random, DataType type, ByteBuffer data) {
        int odd = random.nextInt(40);
        double value = odd == 0 ? Double.NaN : odd == 1 ? Double.POSITIVE_INFINITY : random.nextInt(4) / 4.0;
        switch (type) {
            case FP32 -> data.putFloat((float) value);
            case FP64 -> data.putDouble(value);
            case FP16 -> data.putShort(Float.floatToFloat16((float) value));
            case INT64 -> data.putLong(random.nextInt(5) - 1);
            default -> data.put((byte) random.nextInt(2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void rowsAreComparedAsTensorsAre(Kind kind) {
        Signature signature = kind.signature;
        AnswerComparer answers = new AnswerComparer(signature, signature, 0.25);
        RowComparer rows = answers.ofRows(signature);
        SplittableRandom random = new SplittableRandom(SEED);
        int asRows = 0;
        for (int i = 0; i < ROUNDS; i++) {
            int count = random.nextInt(8) == 0 ? random.nextInt(1, 50) : 1;
            byte[] ours = random(random, signature, count);
            byte[] theirs = random.nextInt(3) == 0 ? ours.clone() : random(random, signature, count);
            Answer one = Answer.of(1, signature, count, ours, 16);
            Answer other = Answer.of(2, signature, count, theirs, 5);

            Compared expected = answers.compare(one.reply(), other.reply());

            if (rows.isReady()) {
                asRows++;
                assertThat(rows.compare(count, one.memory(), one.offsets()::get, other.memory(), other.offsets()::get))
                        .as("round %d of seed %d", i, SEED)
                        .isEqualTo(expected);
            }
        }
        assertThat(asRows).isGreaterThan(ROUNDS / 2);
    }
}
