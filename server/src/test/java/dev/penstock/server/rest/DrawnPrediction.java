package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/// A good request for a model of one to three inputs of any rank, said in rows and in columns of V1 and in V2.
final class DrawnPrediction {
    static final int MAX_ROWS = 8;

    private static final List<String> NAMES = List.of("x", "second_bytes", "größe\n");

    final Signature signature;
    final byte[] rows;
    final byte[] columns;
    final byte[] v2;

    private DrawnPrediction(Signature signature, byte[] rows, byte[] columns, byte[] v2) {
        this.signature = signature;
        this.rows = rows;
        this.columns = columns;
        this.v2 = v2;
    }

    /// An input's values, row by row, and how V1 and V2 write each.
    private record Drawn(TensorSpec spec, Shape shape, List<String> v1Rows, String v2Data) {
        String key() {
            return "\"" + spec.name().replace("\n", "\\n") + "\"";
        }

        String v2() {
            return "{\"name\":%s,\"datatype\":\"%s\",\"shape\":%s,\"data\":[%s]}"
                    .formatted(key(), spec.type(), shape, v2Data);
        }
    }

    static DrawnPrediction draw(Random random) {
        int count = 1 + random.nextInt(3);
        int rowCount = 1 + random.nextInt(random.nextInt(20) == 0 ? MAX_ROWS : 3);
        List<TensorSpec> specs = new ArrayList<>();
        List<Drawn> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Drawn input = input(random, NAMES.get(i), rowCount, i > 0 && random.nextInt(4) == 0);
            specs.add(input.spec());
            if (!input.spec().optional() || random.nextBoolean()) {
                inputs.add(input);
            }
        }
        Collections.shuffle(inputs, random);
        String v2 = "{\"inputs\":["
                + String.join(",", inputs.stream().map(Drawn::v2).toList()) + "]}";
        boolean sole = inputs.size() == 1
                && specs.stream().filter(spec -> !spec.optional()).count() == 1
                && random.nextBoolean();
        List<String> instances = new ArrayList<>();
        for (int row = 0; row < rowCount; row++) {
            instances.add(sole ? inputs.getFirst().v1Rows().get(row) : instance(random, inputs, row));
        }
        List<String> tensors = inputs.stream()
                .map(input -> (sole ? "" : input.key() + ":") + joined(random, input.v1Rows()))
                .toList();
        return new DrawnPrediction(
                new Signature(specs, specs, MAX_ROWS),
                body(random, "\"instances\" :" + joined(random, instances)),
                body(random, "\"inputs\": " + (sole ? tensors.getFirst() : "{" + String.join(",", tensors) + "}")),
                v2.getBytes(StandardCharsets.UTF_8));
    }

    private static String instance(Random random, List<Drawn> inputs, int row) {
        List<String> values = new ArrayList<>();
        for (Drawn input : inputs) {
            values.add(input.key() + ":" + input.v1Rows().get(row));
        }
        if (row > 0) {
            Collections.shuffle(values, random);
        }
        return "{" + String.join("," + DrawnRequest.space(random), values) + "}";
    }

    private static String joined(Random random, List<String> values) {
        return DrawnRequest.space(random)
                + "["
                + String.join(DrawnRequest.space(random) + ",", values)
                + DrawnRequest.space(random)
                + "]";
    }

    private static byte[] body(Random random, String tensors) {
        List<String> fields = new ArrayList<>(List.of(tensors));
        if (random.nextInt(3) == 0) {
            fields.add("\"signature_name\":\"" + (random.nextBoolean() ? "serving_default" : "") + '"');
        }
        DrawnRequest.addUnknown(random, fields);
        Collections.shuffle(fields, random);
        String json = DrawnRequest.space(random) + "{" + String.join("," + DrawnRequest.space(random), fields) + "}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static Drawn input(Random random, String name, int rows, boolean optional) {
        DataType type = DrawnRequest.type(random);
        int rank = 1 + random.nextInt(random.nextInt(10) == 0 ? 8 : 4);
        long[] dims = new long[rank];
        int elements = 1;
        for (int i = 1; i < rank; i++) {
            int most = i == rank - 1 && random.nextInt(10) == 0 ? 100 : elements > 50 ? 1 : 3;
            dims[i] = random.nextInt(30) == 0 && i == rank - 1 ? 0 : 1 + random.nextInt(most);
            elements *= (int) dims[i];
        }
        dims[0] = rows;
        List<String> v1Rows = new ArrayList<>();
        List<String> v2Data = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < elements; i++) {
                String value = DrawnRequest.element(random, type);
                v2Data.add(value);
                values.add(type == DataType.BYTES && random.nextInt(4) == 0 ? base64(random, value) : value);
            }
            v1Rows.add(nested(random, dims, 1, values.iterator()));
        }
        long[] open = dims.clone();
        open[0] = -1;
        TensorSpec spec = TensorSpec.of(name, type, open);
        return new Drawn(
                new TensorSpec(name, type, spec.shape(), spec.dimNames(), optional),
                Shape.of(dims),
                v1Rows,
                String.join(",", v2Data));
    }

    private static String base64(Random random, String value) {
        String text = ((JsonTree.Scalar) JsonTree.parse(value)).text();
        return "{%s\"b64\":%s\"%s\"}"
                .formatted(
                        DrawnRequest.space(random),
                        DrawnRequest.space(random),
                        Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String nested(Random random, long[] dims, int level, Iterator<String> values) {
        if (level == dims.length) {
            return values.next();
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < dims[level]; i++) {
            parts.add(nested(random, dims, level + 1, values));
        }
        return joined(random, parts);
    }
}
