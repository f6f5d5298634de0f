package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.RequestCheck;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.Staging;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The reader and writer of V1 against each other, against V2 and against a reader made of Jackson.
class PredictBodyReaderTest {
    private static final long SEED = 20261122;
    private static final int ROUNDS = 10_000;
    private static final int DAMAGED_ROUNDS = 60_000;

    private final ByteBudget budget = new ByteBudget(1 << 20, "test.budget");
    private final Staging staging = new Staging(UnpooledByteBufAllocator.DEFAULT, budget);
    private final ElementRoom room = new ElementRoom(staging);
    private final PredictBodyReader reader = new PredictBodyReader(room);
    private final InferBodyReader v2 = new InferBodyReader(room);
    private InferBody last = new InferBody();
    private final PredictionJson answers = new PredictionJson(new JsonPage(UnpooledByteBufAllocator.DEFAULT));

    @AfterEach
    void everythingReservedWasGivenBack() {
        room.close();
        staging.close();
        assertThat(budget.held()).isZero();
    }

    @Test
    void rowsAndColumnsMeanWhatV2Means() {
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            DrawnPrediction drawn = DrawnPrediction.draw(random);
            String name = "round %d of seed %d: %s".formatted(round, SEED, text(drawn.rows));
            v2.read(drawn.v2, 0, drawn.v2.length, 0, "m");
            InferenceRequest expected = kept(v2.body());

            assertThat(read(drawn.rows, drawn.signature)).as(name).isEqualTo(expected);
            assertThat(last.inRows).isTrue();
            assertThat(read(drawn.columns, drawn.signature)).as(name).isEqualTo(expected);
            assertThat(last.inRows).isFalse();
            RequestCheck.check("m", drawn.signature, expected);
        }
    }

    /// An answer, sent back as a request, is the same tensors again.
    @Test
    void answersReadBackAsWhatTheyWere() {
        Random random = new Random(SEED + 1);
        for (int round = 0; round < ROUNDS; round++) {
            DrawnPrediction drawn = DrawnPrediction.draw(random);
            boolean inRows = random.nextBoolean();
            InferenceRequest request = read(drawn.columns, drawn.signature);

            ByteBuf json = answers.write(request.inputs(), inRows);
            String answer = json.toString(StandardCharsets.UTF_8);
            json.release();
            String body = answer.replaceFirst(inRows ? "predictions" : "outputs", inRows ? "instances" : "inputs");
            // Only the model's own single output goes without its name.
            Signature signature = new Signature(
                    drawn.signature.inputs().stream()
                            .filter(spec -> request.inputs().stream()
                                    .anyMatch(input -> input.name().equals(spec.name())))
                            .toList(),
                    drawn.signature.outputs(),
                    DrawnPrediction.MAX_ROWS);

            assertThat(read(body.getBytes(StandardCharsets.UTF_8), signature))
                    .as("round %d of seed %d: %s", round, SEED + 1, answer)
                    .isEqualTo(request);
        }
    }

    @Test
    void damagedRequestsAreTakenIfJacksonTakesThemAndMeanTheSame() {
        Random random = new Random(SEED + 2);
        int taken = 0;
        for (int round = 0; round < DAMAGED_ROUNDS; round++) {
            DrawnPrediction drawn = DrawnPrediction.draw(random);
            byte[] body = DrawnRequest.damage(random.nextBoolean() ? drawn.rows : drawn.columns, random);
            String name = "round %d of seed %d: %s".formatted(round, SEED + 2, text(body));

            taken += compare(body, drawn.signature, name) == null ? 0 : 1;
        }
        // Damage to numbers, texts and white space is often none.
        assertThat(taken).isBetween(DAMAGED_ROUNDS / 10, DAMAGED_ROUNDS * 9 / 10);
    }

    @Test
    void whereInstancesBeginIsCountedAndNotKept() {
        Signature signature = new Signature(
                List.of(new TensorSpec("x", DataType.FP32, Shape.of(-1), List.of(""), false)), List.of(), 0);

        for (int i = 0; i < 2; i++) {
            assertThat(read(instances(20_000), signature).inputs()).hasSize(1);
            assertThat(budget.held()).isZero();

            assertThatThrownBy(() -> read(instances(300_000), signature))
                    .isInstanceOfSatisfying(
                            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
            assertThat(budget.held()).isZero();
        }
    }

    private static byte[] instances(int count) {
        return "{\"instances\":[%s{\"x\":1}]}"
                .formatted("{\"x\":1},".repeat(count - 1))
                .getBytes(StandardCharsets.UTF_8);
    }

    private @Nullable InferenceRequest compare(byte[] body, Signature signature, String name) {
        InferenceRequest expected = null;
        String why = "";
        try {
            expected = PredictionOracle.read("m", body, signature);
        } catch (BodyOracle.Refused e) {
            why = String.valueOf(e.getMessage());
        }
        InferenceRequest request = null;
        try {
            request = read(body, signature);
        } catch (ServingException e) {
            why += " / " + e.reason();
            assertThat(e.code()).as(name).isIn(ErrorCode.INVALID_ARGUMENT, ErrorCode.UNSUPPORTED);
            assertThat(budget.held()).as(name).isZero();
        }
        assertThat(request).as("%s, %s", why, name).isEqualTo(expected);
        return request;
    }

    private InferenceRequest read(byte[] body, Signature signature) {
        last = reader.read(body, 0, body.length, "m", signature);
        return kept(last);
    }

    /// A copy of all that was read, since the reader's memory is used again.
    private InferenceRequest kept(InferBody read) {
        assertThat(room.own(read.elementBytes)).isTrue();
        ByteBuf own = room.take();
        ByteBuf elements = own == null ? null : Unpooled.copiedBuffer(own.setIndex(0, read.elementBytes));
        if (own != null) {
            staging.give(own);
        }
        return GeneralRequest.of(read, "m", "", elements, Unpooled.EMPTY_BUFFER, 0)
                .request();
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
