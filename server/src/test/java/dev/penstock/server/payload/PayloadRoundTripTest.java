package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.Shape;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.WireMessages;
import dev.penstock.loadtest.replay.RecordedFiles;
import dev.penstock.loadtest.replay.Recording;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is written is what is read again, bit by bit; a NaN is one, whichever it was.
class PayloadRoundTripTest {
    private static final int RECORDS = 200;
    private static final RecordFolder.Limits LIMITS = new RecordFolder.Limits(1 << 14, Duration.ofHours(1), 1L << 30);

    private final SplittableRandom random = new SplittableRandom(20260131);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void everyTypeComesBack(PayloadFormat format) throws Exception {
        List<PayloadRecord> written = new ArrayList<>();
        try (PayloadFolder files = new PayloadFolder(folder, format, LIMITS, "a", () -> Records.TIME)) {
            for (int i = 0; i < RECORDS; i++) {
                PayloadRecord record = record(i);
                written.add(record);
                files.write(record);
            }
        }

        List<Recording> read = read();

        assertThat(files()).hasSizeGreaterThan(1);
        assertThat(read).hasSameSizeAs(written);
        for (int i = 0; i < RECORDS; i++) {
            assertAlike(written.get(i), read.get(i));
        }
    }

    private static void assertAlike(PayloadRecord written, Recording read) {
        assertThat(read.id()).isEqualTo(written.id());
        assertThat(read.model()).isEqualTo(written.model());
        assertThat(read.version()).isEqualTo(written.version());
        assertThat(read.time()).isEqualTo(written.time());
        if (written.failure() != null) {
            assertThat(read.unfit()).contains(written.failure().name());
            return;
        }
        assertThat(read.unfit()).isEmpty();
        assertThat(read.route()).isEqualTo(written.arm() == null ? "" : "front");
        assertThat(read.headers()).isEqualTo(Map.of("x-user", "anna"));
        assertThat(read.request().getId()).isEqualTo(written.callerId());
        assertTensors(written.inputs(), WireMessages.inputs(read.request()));
        assertTensors(written.outputs(), read.answer());
    }

    private static void assertTensors(List<PayloadTensor> written, List<Tensor> read) {
        assertThat(read).hasSameSizeAs(written);
        for (int i = 0; i < read.size(); i++) {
            PayloadTensor was = written.get(i);
            Tensor is = read.get(i);
            assertThat(is.name()).isEqualTo(was.name());
            assertThat(is.datatype()).isEqualTo(was.type().name());
            assertThat(is.shape())
                    .containsExactlyElementsOf(
                            Arrays.stream(was.shape().toArray()).boxed().toList());
            byte[] bytes = new byte[was.data().remaining()];
            was.data().duplicate().get(bytes);
            assertThat(is.data().toByteArray()).as("%s", was).isEqualTo(bytes);
        }
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private List<Recording> read() throws Exception {
        List<Recording> read = new ArrayList<>();
        RecordedFiles.read(files(), new RecordedFiles.Reader() {
            @Override
            public boolean wantsMore() {
                return true;
            }

            @Override
            public void accept(Recording recording) {
                read.add(recording);
            }
        });
        return read;
    }

    private PayloadRecord record(int number) {
        boolean failed = random.nextInt(10) == 0;
        Instant time = Records.TIME.plusNanos(random.nextLong(1L << 40) / 1000 * 1000);
        String id = random.nextBoolean() ? "id-" + number : "\u00e4\"\\\n\u0001" + number;
        return new PayloadRecord(
                id,
                id,
                "digits",
                failed ? 0 : 1 + random.nextLong(1L << 40),
                random.nextBoolean() ? Records.ARM : null,
                time,
                random.nextLong(1 << 20),
                random.nextBoolean() ? Map.of() : Map.of("priority", "3", "timeout", "1000"),
                Map.of("x-user", "anna", "x-secret", "***"),
                Set.of("x-secret"),
                tensors(),
                List.of("y"),
                failed ? ErrorCode.OVERLOADED : null,
                failed ? "too much" : "",
                failed ? List.of() : tensors());
    }

    private List<PayloadTensor> tensors() {
        List<PayloadTensor> tensors = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            DataType[] types = DataType.values();
            tensors.add(tensor("t" + i, types[random.nextInt(types.length)]));
        }
        return tensors;
    }

    private PayloadTensor tensor(String name, DataType type) {
        long[] dims = new long[random.nextInt(4)];
        Arrays.setAll(dims, i -> random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(4));
        Shape shape = Shape.of(dims);
        int elements = (int) shape.elementCount();
        ByteBuffer data = ByteBuffer.allocate(elements * 64 + 64).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            element(type, data);
        }
        return PayloadTensor.of(name, type, shape, data.flip());
    }

    private void element(DataType type, ByteBuffer data) {
        switch (type) {
            case BOOL -> data.put((byte) random.nextInt(2));
            case INT8, UINT8 -> data.put((byte) random.nextInt());
            case INT16, UINT16 -> data.putShort((short) random.nextInt());
            case INT32, UINT32 -> data.putInt(random.nextInt());
            case INT64, UINT64 -> data.putLong(random.nextLong());
            case FP16 -> {
                short bits = (short) random.nextInt();
                boolean nan = Float.isNaN(Float.float16ToFloat(bits));
                data.putShort(nan ? Float.floatToFloat16(Float.NaN) : bits);
            }
            case BF16 -> {
                short bits = (short) random.nextInt();
                boolean nan = Float.isNaN(Float.intBitsToFloat(bits << Short.SIZE));
                data.putShort(nan ? (short) 0x7fc0 : bits);
            }
            case FP32 -> data.putFloat(special() ? (float) specialValue() : Float.intBitsToFloat(random.nextInt()));
            case FP64 -> data.putDouble(special() ? specialValue() : Double.longBitsToDouble(random.nextLong()));
            case BYTES -> {
                byte[] text = text();
                data.putInt(text.length).put(text);
            }
        }
        canonical(type, data);
    }

    /// One NaN is as good as any other.
    private static void canonical(DataType type, ByteBuffer data) {
        if (type == DataType.FP32 && Float.isNaN(data.getFloat(data.position() - Float.BYTES))) {
            data.putFloat(data.position() - Float.BYTES, Float.NaN);
        }
        if (type == DataType.FP64 && Double.isNaN(data.getDouble(data.position() - Double.BYTES))) {
            data.putDouble(data.position() - Double.BYTES, Double.NaN);
        }
    }

    private boolean special() {
        return random.nextInt(4) == 0;
    }

    private double specialValue() {
        double[] values = {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1, 0.1f};
        return values[random.nextInt(values.length)];
    }

    private byte[] text() {
        if (random.nextInt(3) == 0) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            return bytes;
        }
        String[] texts = {"", "plain", "\u00e4\u20ac\ud83d\ude00", "\u0000\n\"\\", "{\"b64\": \"x\"}"};
        return texts[random.nextInt(texts.length)].getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aLineThatIsBeingWrittenIsLeftOut() throws Exception {
        byte[] line = PayloadJson.line(Records.of("a", List.of(Records.floats("x", 1)), List.of()));
        Path file = folder.resolve("half.jsonl");
        Files.write(file, line);
        Files.write(file, Arrays.copyOf(line, 20), StandardOpenOption.APPEND);

        assertThat(read()).hasSize(1);
    }
}
