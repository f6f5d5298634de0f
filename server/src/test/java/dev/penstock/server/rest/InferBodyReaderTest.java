package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.RequestCheck;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.Native;
import dev.penstock.core.batching.Offer;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.Layout;
import dev.penstock.server.fast.Staging;
import dev.penstock.server.wire.ReservedParameters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The quick reader against the one that understands everything: what it takes means the same to both.
class InferBodyReaderTest {
    private static final long SEED = 20261121;
    private static final int ROUNDS = 20_000;
    private static final int MAX_ROWS = 8;
    private static final DataType[] TYPES = {
        DataType.FP32,
        DataType.FP64,
        DataType.FP16,
        DataType.BF16,
        DataType.INT64,
        DataType.INT32,
        DataType.INT16,
        DataType.INT8,
        DataType.UINT64,
        DataType.UINT32,
        DataType.UINT16,
        DataType.UINT8,
        DataType.BOOL,
    };

    private final ByteBudget budget = new ByteBudget(1 << 26, "");
    private final Staging staging = new Staging(UnpooledByteBufAllocator.DEFAULT, budget);
    private final ElementRoom room = new ElementRoom(staging);
    private final InferBodyReader reader = new InferBodyReader(room);

    @AfterEach
    void everythingReservedWasGivenBack() {
        room.close();
        staging.close();
        assertThat(budget.held()).isZero();
    }

    /// A model that is only looked at.
    private record Model(Signature signature) implements FastModel {
        @Override
        public ModelKey key() {
            return new ModelKey("m", 1);
        }

        @Override
        public Offer offer(FastCall call) {
            throw new UnsupportedOperationException("nothing runs here");
        }
    }

    private static Signature twoInputs(DataType first, DataType second, int columns) {
        List<TensorSpec> specs =
                List.of(TensorSpec.of("x", first, -1, columns), TensorSpec.of("second", second, -1, 2));
        return new Signature(specs, specs, MAX_ROWS);
    }

    private static Signature oneInput(DataType type, int columns) {
        List<TensorSpec> specs = List.of(TensorSpec.of("x", type, -1, columns));
        return new Signature(specs, specs, MAX_ROWS);
    }

    private boolean read(Signature signature, String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return read(signature, text, text.length);
    }

    private boolean read(Signature signature, byte[] body, int jsonBytes) {
        Layout layout = Layout.of(new Model(signature));
        return reader.read(body, 0, jsonBytes, layout, body.length - jsonBytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2.5]}]}",
                "{'inputs':[{'data':[[1e3,-2.5e-3]],'datatype':'FP32','shape':[1,2],'name':'x'}]}",
                " { 'id' : 'a-1' , 'inputs' : [ { 'name' : 'x' , 'shape' : [ 2 , 2 ] , 'datatype' : 'FP32' , 'data' :"
                        + " [ [ 1 , 2 ] , [ 3 , 4 ] ] } ] } ",
                "{'parameters':{'binary_data_output':true,'timeout':5},'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[NaN,-Infinity]}],'outputs':[{'name':'x','parameters':{'binary_data':false}}]}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','parameters':{},'data':[0,-0]}],'outputs':[],'parameters':{}}",
            })
    void plainRequestsAreTaken(String json) {
        assertThat(read(oneInput(DataType.FP32, 2), json.replace('\'', '"'))).isTrue();
        room.clear();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{'inputs':[]}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2]}],'extra':1}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2]}],'inputs':[]}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2,3]}]}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1]}]}",
                "{'inputs':[{'name':'x','shape':[9,2],'datatype':'FP32','data':[]}]}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'INT32','data':[1,2]}]}",
                "{'inputs':[{'name':'y','shape':[1,2],'datatype':'FP32','data':[1,2]}]}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':['1',2]}]}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2]}]} x",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2],'parameters':{'binary_data_size':8}}]}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2],'parameters':{'classification':1}}]}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2]}],'parameters':{'sequence_id':1}}",
                "{'id':'a b','inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2]}]}",
                "{'inputs':[{'name':'x','shape':[1,02],'datatype':'FP32','data':[1,2]}]}",
                "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2]}],'outputs':[{'name':'x'},{'name':'x'}]}",
            })
    void whatIsOddOrWrongIsLeftToTheOther(String json) {
        assertThat(read(oneInput(DataType.FP32, 2), json.replace('\'', '"'))).isFalse();
    }

    @Test
    void aShapeAloneReservesNothing() {
        String json = "{\"inputs\":[{\"name\":\"x\",\"shape\":[8,100000],\"datatype\":\"FP32\",\"data\":[1]}]}";

        assertThat(read(oneInput(DataType.FP32, 100_000), json)).isFalse();

        assertThat(budget.held()).isZero();
    }

    @Test
    void aTensorTooLargeToShareMemoryGetsItsOwn() {
        String values = String.join(",", Collections.nCopies(2000, "1.5"));
        String json =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[2,1000],\"datatype\":\"FP32\",\"data\":[" + values + "]}]}";

        assertThat(read(oneInput(DataType.FP32, 1000), json)).isTrue();

        ByteBuf own = room.take();
        assertThat(own).isNotNull();
        assertThat(own.getFloatLE(4 * 1999)).isEqualTo(1.5f);
        staging.give(own);
    }

    @Test
    void whatIsWrittenPlainlyIsTakenAndMeansTheSame() {
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            Request request = Request.draw(random);
            int at = round;
            compare(
                    request.signature,
                    request.body,
                    request.jsonBytes,
                    taken -> assertThat(taken).as("round %d: %s", at, request).isTrue());
        }
    }

    @Test
    void whatIsTakenOfDamagedRequestsMeansTheSame() {
        Random random = new Random(SEED + 1);
        int taken = 0;
        for (int round = 0; round < 3 * ROUNDS; round++) {
            Request request = Request.draw(random);
            byte[] damaged = damaged(random, request);
            int jsonBytes = damaged.length - (request.body.length - request.jsonBytes);
            taken += compare(request.signature, damaged, jsonBytes, any -> {}) ? 1 : 0;
        }
        // Damage to numbers, names' order and white space is often none.
        assertThat(taken).isGreaterThan(ROUNDS / 10);
    }

    private static byte[] damaged(Random random, Request request) {
        List<Byte> bytes = new ArrayList<>();
        for (byte b : request.body) {
            bytes.add(b);
        }
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            int at = random.nextInt(request.jsonBytes - 2);
            switch (random.nextInt(4)) {
                case 0 -> bytes.set(at, (byte) "0123456789.eE+-,:[]{}\"ntfxNI \n\\".charAt(random.nextInt(31)));
                case 1 -> bytes.add(at, bytes.get(random.nextInt(request.jsonBytes - 2)));
                case 2 -> bytes.remove(at);
                default -> bytes.set(at, (byte) random.nextInt(256));
            }
            if (bytes.size() < request.body.length - 1) {
                break;
            }
        }
        byte[] damaged = new byte[bytes.size()];
        for (int i = 0; i < damaged.length; i++) {
            damaged[i] = bytes.get(i);
        }
        return damaged;
    }

    /// @return whether the quick reader took it
    private boolean compare(Signature signature, byte[] body, int jsonBytes, Consumer<Boolean> check) {
        boolean taken = read(signature, body, jsonBytes);
        check.accept(taken);
        if (taken) {
            ByteBuf own = room.take();
            try {
                long elements = own == null ? room.address() : own.memoryAddress();
                same(signature, body, jsonBytes, elements);
            } finally {
                if (own != null) {
                    staging.give(own);
                }
            }
        }
        return taken;
    }

    private void same(Signature signature, byte[] body, int jsonBytes, long elements) {
        String text = new String(body, 0, jsonBytes, StandardCharsets.ISO_8859_1);
        ByteBuf bytes = Unpooled.wrappedBuffer(body);
        InferCall call;
        try {
            call = new InferRequestReader("m", "", bytes, jsonBytes).read();
            RequestCheck.check("m", signature, call.request());
        } catch (ServingException e) {
            throw new AssertionError("taken, but refused by the other: " + e.reason() + "\n" + text);
        }
        InferBody quick = reader.body();
        InferenceRequest known = call.request();
        assertThat(new String(body, quick.idFrom, quick.idTo - quick.idFrom, StandardCharsets.UTF_8))
                .as(text)
                .isEqualTo(known.id());
        long timeout = ReservedParameters.timeoutNanos(quick.timeoutMicros);
        assertThat(timeout).as(text).isEqualTo(known.timeoutNanos());
        sameOutputs(signature, quick, call, text);
        for (Tensor input : known.inputs()) {
            sameElements(signature, quick, body, jsonBytes, elements, input, text);
        }
    }

    private static void sameOutputs(Signature signature, InferBody quick, InferCall call, String text) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < quick.outputCount; i++) {
            String name = signature.outputs().get(quick.output(i)).name();
            names.add(name);
            assertThat(quick.isBinaryOutput(i)).as(text).isEqualTo(call.form().isBinary(name));
        }
        List<String> wanted = call.request().outputs();
        assertThat(names)
                .as(text)
                .isEqualTo(
                        wanted.isEmpty()
                                ? signature.outputs().stream()
                                        .map(TensorSpec::name)
                                        .toList()
                                : wanted);
    }

    private static void sameElements(
            Signature signature,
            InferBody quick,
            byte[] body,
            int jsonBytes,
            long elements,
            Tensor known,
            String text) {
        int index = 0;
        while (!signature.inputs().get(index).name().equals(known.name())) {
            index++;
        }
        Shape shape = known.shape();
        assertThat(shape.dim(0)).as(text).isEqualTo(quick.rows);
        int count = (int) known.byteCount();
        byte[] bytes = new byte[count];
        if (quick.isBinary[index]) {
            System.arraycopy(body, jsonBytes + (int) quick.offsets[index], bytes, 0, count);
        } else {
            MemorySegment.copy(Native.ALL, elements + quick.offsets[index], MemorySegment.ofArray(bytes), 0, count);
        }
        byte[] expected = new byte[count];
        known.data().duplicate().get(expected);
        assertThat(bytes).as("input %s of %s", known.name(), text).isEqualTo(expected);
    }

    /// A request that says everything plainly, in one of the many ways to say it.
    private static final class Request {
        private final Signature signature;
        private final byte[] body;
        private final int jsonBytes;

        private Request(Signature signature, byte[] body, int jsonBytes) {
            this.signature = signature;
            this.body = body;
            this.jsonBytes = jsonBytes;
        }

        static Request draw(Random random) {
            DataType first = TYPES[random.nextInt(TYPES.length)];
            DataType second = TYPES[random.nextInt(TYPES.length)];
            int columns = 1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 4);
            Signature signature = InferBodyReaderTest.twoInputs(first, second, columns);
            int rows = 1 + random.nextInt(3);
            ByteArrayOutputStream binary = new ByteArrayOutputStream();
            List<String> inputs = new ArrayList<>();
            boolean swapped = random.nextBoolean();
            inputs.add(input(random, signature.inputs().get(swapped ? 1 : 0), rows, binary));
            inputs.add(input(random, signature.inputs().get(swapped ? 0 : 1), rows, binary));
            List<String> fields = new ArrayList<>();
            fields.add("\"inputs\":[" + String.join(space(random) + ",", inputs) + "]");
            if (random.nextBoolean()) {
                fields.add("\"id\":\"" + Long.toString(random.nextLong(), 36) + "\"");
            }
            if (random.nextBoolean()) {
                fields.add("\"outputs\" : [" + outputs(random) + "]");
            }
            if (random.nextBoolean()) {
                fields.add("\"parameters\":{" + parameters(random) + "}");
            }
            Collections.shuffle(fields, random);
            String json = space(random) + "{" + String.join("," + space(random), fields) + space(random) + "}"
                    + space(random);
            byte[] text = json.getBytes(StandardCharsets.UTF_8);
            byte[] blobs = binary.toByteArray();
            byte[] body = new byte[text.length + blobs.length];
            System.arraycopy(text, 0, body, 0, text.length);
            System.arraycopy(blobs, 0, body, text.length, blobs.length);
            return new Request(signature, body, text.length);
        }

        private static String space(Random random) {
            return random.nextInt(3) == 0 ? "\n\t " : "";
        }

        private static String outputs(Random random) {
            String first = "{\"name\":\"x\""
                    + (random.nextBoolean() ? ",\"parameters\":{\"binary_data\":" + random.nextBoolean() + "}" : "")
                    + "}";
            String second = "{ \"parameters\" : { } , \"name\":\"second\"}";
            return switch (random.nextInt(4)) {
                case 0 -> first;
                case 1 -> second;
                case 2 -> second + "," + first;
                default -> "";
            };
        }

        private static String parameters(Random random) {
            String binary = "\"binary_data_output\":" + random.nextBoolean();
            String timeout = "\"timeout\": " + random.nextInt(1_000_000);
            return switch (random.nextInt(4)) {
                case 0 -> binary;
                case 1 -> timeout;
                case 2 -> timeout + " , " + binary;
                default -> "";
            };
        }

        private static String input(Random random, TensorSpec spec, int rows, ByteArrayOutputStream binary) {
            int columns = (int) spec.shape().dim(1);
            List<String> fields = new ArrayList<>();
            fields.add("\"name\":\"" + spec.name() + "\"");
            fields.add("\"datatype\" :\"" + spec.type() + "\"");
            fields.add("\"shape\": [" + rows + ", " + columns + "]");
            if (random.nextInt(3) == 0) {
                byte[] bytes = new byte[rows * columns * spec.type().byteSize()];
                random.nextBytes(bytes);
                binary.writeBytes(bytes);
                fields.add("\"parameters\":{\"binary_data_size\":" + bytes.length + "}");
            } else {
                fields.add("\"data\":" + data(random, spec.type(), rows, columns));
                if (random.nextInt(5) == 0) {
                    fields.add("\"parameters\":{}");
                }
            }
            Collections.shuffle(fields, random);
            return "{" + String.join(space(random) + ",", fields) + space(random) + "}";
        }

        private static String data(Random random, DataType type, int rows, int columns) {
            boolean nested = random.nextBoolean();
            StringBuilder text = new StringBuilder("[");
            for (int row = 0; row < rows; row++) {
                text.append(row == 0 ? "" : ",").append(nested ? "[" : "");
                for (int column = 0; column < columns; column++) {
                    text.append(column == 0 ? "" : random.nextBoolean() ? "," : " , ");
                    text.append(element(random, type));
                }
                text.append(nested ? "]" : "");
            }
            return text.append("]").toString();
        }

        private static String element(Random random, DataType type) {
            return switch (type) {
                case FP16 -> decimal(random, 60_000);
                case BF16, FP32, FP64 -> decimal(random, 1e30);
                case BOOL ->
                    random.nextBoolean() ? Boolean.toString(random.nextBoolean()) : Integer.toString(random.nextInt(2));
                case INT64 -> Long.toString(random.nextLong());
                case INT32 -> Integer.toString(random.nextInt());
                case INT16 -> Integer.toString((short) random.nextInt());
                case INT8 -> Integer.toString((byte) random.nextInt());
                case UINT64 -> Long.toUnsignedString(random.nextLong());
                case UINT32 -> Integer.toUnsignedString(random.nextInt());
                case UINT16 -> Integer.toString(random.nextInt(1 << 16));
                case UINT8 -> Integer.toString(random.nextInt(1 << 8));
                case BYTES -> throw new AssertionError("no numbers");
            };
        }

        private static String decimal(Random random, double most) {
            return switch (random.nextInt(5)) {
                case 0 -> Integer.toString(random.nextInt(2000) - 1000);
                case 1 -> Float.toString(random.nextFloat());
                case 2 -> Double.toString(random.nextGaussian());
                case 3 -> Double.toString(most * (random.nextDouble() - 0.5)).replace("E", "e+");
                default -> List.of("NaN", "Infinity", "-Infinity", "-0.0", "0").get(random.nextInt(5));
            };
        }

        @Override
        public String toString() {
            return new String(body, 0, jsonBytes, StandardCharsets.UTF_8);
        }
    }
}
