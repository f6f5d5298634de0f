package dev.penstock.loadtest.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputFilesTest {
    private static final TensorSpec X = new TensorSpec("x", "FP32", List.of(-1L, 2L));
    private static final InferRequests.Model MODEL = new InferRequests.Model(List.of(X), List.of());

    @TempDir
    private Path folder;

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static List<Tensor> inputs(InputPlan plan, TensorSpec... specs) {
        return InferRequests.of(plan, "m", "", new InferRequests.Model(List.of(specs), List.of())).stream()
                .flatMap(request -> WireMessages.inputs(request.message()).stream())
                .toList();
    }

    private static InputPlan.Builder from(Path file) {
        return InputPlan.builder().file(InputPlan.WHOLE, file);
    }

    /// As NumPy writes it.
    private static byte[] npy(String descr, String shape, byte[] values) {
        String header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
        header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        file.write(header.length());
        file.write(header.length() >> 8);
        file.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        file.writeBytes(values);
        return file.toByteArray();
    }

    @RepeatedTest(20)
    void rowsAreTheSameFromEveryFormat() throws IOException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        int rows = random.nextInt(1, 20);
        ByteBuffer values = ByteBuffer.allocate(rows * 2 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer swapped = ByteBuffer.allocate(values.capacity()).order(ByteOrder.BIG_ENDIAN);
        List<String> lines = new ArrayList<>(List.of("id,x[1],x[0]"));
        List<String> wholes = new ArrayList<>(List.of("\"x\""));
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            float a = random.nextFloat(-1e6f, 1e6f);
            float b = random.nextFloat();
            values.putFloat(a).putFloat(b);
            swapped.putFloat(a).putFloat(b);
            lines.add(i + "," + b + "," + a);
            wholes.add("\"" + a + " ; " + b + "\"");
            bodies.add("{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[[" + a + "," + b
                    + "]]}]}");
        }
        String shape = "(" + rows + ", 2)";
        List<Path> files = List.of(
                write("a.npy", npy("<f4", shape, values.array())),
                write("b.npy", npy(">f4", shape, swapped.array())),
                write("c.bin", values.array()),
                write("d.csv", String.join("\r\n", lines).getBytes(StandardCharsets.UTF_8)),
                write("e.csv", String.join("\n", wholes).getBytes(StandardCharsets.UTF_8)),
                write("f.jsonl", String.join("\n\n", bodies).getBytes(StandardCharsets.UTF_8)));

        for (Path file : files) {
            List<Tensor> tensors = inputs(from(file).build(), X);
            assertThat(tensors).as("%s, seed %d", file, seed).hasSize(rows);
            assertThat(ByteString.copyFrom(tensors.stream().map(Tensor::data).toList()))
                    .as("%s, seed %d", file, seed)
                    .isEqualTo(ByteString.copyFrom(values.array()));
        }
    }

    @Test
    void severalRowsMakeARequest() throws IOException {
        Path file = write("x.csv", "x\n1 2\n3 4\n5 6\n".getBytes(StandardCharsets.UTF_8));

        List<Tensor> tensors = inputs(from(file).rows(new Distribution.Fixed(2)).build(), X);

        assertThat(tensors)
                .extracting(Tensor::shape)
                .containsOnly(List.of(2L, 2L))
                .hasSize(2);
        assertThat(Elements.decode("FP32", tensors.getLast().data()).toString()).isEqualTo("[5.0,6.0,1.0,2.0]");
    }

    @Test
    void stringsOfNumPyAndCsvAreBytes() throws IOException {
        TensorSpec sex = new TensorSpec("sex", "BYTES", List.of(-1L, 1L));
        byte[] text = "F\0\0\0M\0\0\0ä\0\0\0".replace("\0\0\0", "").getBytes(StandardCharsets.UTF_32LE);
        Path npy = write("sex.npy", npy("<U1", "(3, 1)", text));
        Path csv = write("sex.csv", "age,sex\n4,F\n5,M\n6,ä\n".getBytes(StandardCharsets.UTF_8));

        for (Path file : List.of(npy, csv)) {
            assertThat(inputs(from(file).build(), sex).stream()
                            .map(tensor ->
                                    Elements.decode("BYTES", tensor.data()).toString())
                            .collect(Collectors.joining()))
                    .isEqualTo("[\"F\"][\"M\"][\"ä\"]");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x.csv|x[0],x[1]\n1,2\n3|line 3: 1 cells (expected: 2, as the first line has)",
                "x.csv|x\n1 2\n3|line 3: input 'x' has 1 values (expected: 2, its shape is [2])",
                "x.csv|x\n1 two|line 2: value 1 of input 'x' is \"two\" (expected: FP32)",
                "x.csv|x\n\"1 2|line 2: a quote is never closed",
                "x.csv|x|1 lines (expected: the names of columns, and rows)",
                "x.bin|123|3 bytes (expected: a multiple of 8, the bytes of a row of 'x', FP32[2])",
                "x.npy|123|3 bytes (expected: a .npy file)",
                "x.jsonl|{}\n{|line 1: missing inputs [x] (expected: all of x FP32 [-1,2]",
                "x.jsonl|[1]|line 1: ARRAY (expected: an object)",
                "x.json|{\"inputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[],\"data\":[1]}]}|the model has no"
                        + " input 'y' (it has: x FP32 [-1,2])",
                "x.json|{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1]}]}|'x' has 1"
                        + " values (expected: 2, its shape is [1,2])",
            })
    void saysWhereAFileIsWrong(String example) throws IOException {
        String[] parts = example.split("\\|", 3);
        Path file = write(parts[0], parts[1].getBytes(StandardCharsets.UTF_8));

        boolean brokenLater = parts[1].endsWith("\n{");
        assertThatExceptionOfType(InputError.class)
                .isThrownBy(() -> InferRequests.of(from(file).build(), "m", "", MODEL))
                .withMessageStartingWith(file.toString())
                .withMessageContaining(brokenLater ? "line 2 is not valid JSON" : parts[2]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<f8|(1, 2)|f8 (FP64) (expected: FP32", "|O8|(1, 2)|has", "<f4|(2, 2)|8 bytes of values"})
    void saysWhatIsWrongWithAnArray(String example) throws IOException {
        String[] parts = example.startsWith("|") ? new String[] {"|O8", "(1, 2)", "unknown"} : example.split("\\|", 3);
        Path file = write("x.npy", npy(parts[0], parts[1], new byte[parts[0].endsWith("8") ? 16 : 8]));

        assertThatExceptionOfType(InputError.class)
                .isThrownBy(() -> InferRequests.of(from(file).build(), "m", "", MODEL))
                .withMessageStartingWith(file + ": ")
                .withMessageContaining(parts[2]);
    }
}
