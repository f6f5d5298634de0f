package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.RequestCheck;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.Offer;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.Layout;
import dev.penstock.server.fast.Staging;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The reader against one made of Jackson: they take the same requests, and these mean the same.
class InferBodyReaderTest {
    private static final long SEED = 20261121;
    private static final int ROUNDS = 20_000;
    private static final int DAMAGED_ROUNDS = 60_000;

    private final ByteBudget budget = new ByteBudget(1 << 20, "test.budget");
    private final Staging staging = new Staging(UnpooledByteBufAllocator.DEFAULT, budget);
    private final ElementRoom room = new ElementRoom(staging);
    private final InferBodyReader reader = new InferBodyReader(room);
    private final LaneFit fit = new LaneFit();

    @AfterEach
    void everythingReservedWasGivenBack() {
        room.close();
        staging.close();
        assertThat(budget.held()).isZero();
    }

    @Test
    void goodRequestsMeanWhatTheyMeanToJackson() {
        Random random = new Random(SEED);
        int fitting = 0;
        for (int round = 0; round < ROUNDS; round++) {
            DrawnRequest request = DrawnRequest.draw(random);
            String name = "round %d of seed %d: %s".formatted(round, SEED, request);

            InferCall call = compare(request, name);

            assertThat(call).as(name).isNotNull();
            fitting += fitsAsTheCoreSays(request.signature, call, name) ? 1 : 0;
        }
        // Those without strings.
        assertThat(fitting).isGreaterThan(ROUNDS / 2);
    }

    @Test
    void damagedRequestsAreTakenIfJacksonTakesThemAndMeanTheSame() {
        Random random = new Random(SEED + 1);
        int taken = 0;
        for (int round = 0; round < DAMAGED_ROUNDS; round++) {
            DrawnRequest request = DrawnRequest.draw(random).damaged(random);
            String name = "round %d of seed %d: %s".formatted(round, SEED + 1, request);

            InferCall call = compare(request, name);

            if (call != null) {
                taken++;
                fitsAsTheCoreSays(request.signature, call, name);
            }
        }
        // Damage to numbers, texts and white space is often none.
        assertThat(taken).isBetween(DAMAGED_ROUNDS / 10, DAMAGED_ROUNDS * 9 / 10);
    }

    /// @return what both made of the request, or null if both refused it
    private @Nullable InferCall compare(DrawnRequest request, String name) {
        InferCall expected = null;
        String why = "";
        try {
            expected = BodyOracle.read("m", request.body, request.jsonBytes);
        } catch (BodyOracle.Refused e) {
            why = String.valueOf(e.getMessage());
        }
        InferCall call = null;
        try {
            call = read(request.body, request.jsonBytes);
        } catch (ServingException e) {
            why += e.reason();
        }
        assertThat(call == null).as("refused: %s, %s", why, name).isEqualTo(expected == null);
        if (call == null || expected == null) {
            assertThat(budget.held()).as(name).isZero();
            return null;
        }
        assertThat(call.request()).as(name).isEqualTo(expected.request());
        assertThat(call.form().nonFiniteAsStrings())
                .as(name)
                .isEqualTo(expected.form().nonFiniteAsStrings());
        assertThat(call.form().binaryByDefault())
                .as(name)
                .isEqualTo(expected.form().binaryByDefault());
        for (String output : call.request().outputs()) {
            if (Collections.frequency(call.request().outputs(), output) == 1) {
                assertThat(call.form().isBinary(output))
                        .as(name)
                        .isEqualTo(expected.form().isBinary(output));
            }
        }
        return call;
    }

    /// A copy of all that was read, since the reader's memory is used again.
    private InferCall read(byte[] body, int jsonBytes) {
        reader.read(body, 0, jsonBytes, body.length - jsonBytes, "m");
        InferBody read = reader.body();
        assertThat(room.own(read.elementBytes)).isTrue();
        ByteBuf own = room.take();
        ByteBuf elements = own == null ? null : Unpooled.copiedBuffer(own.setIndex(0, read.elementBytes));
        if (own != null) {
            staging.give(own);
        }
        return GeneralRequest.of(read, "m", "", elements, Unpooled.wrappedBuffer(body), jsonBytes);
    }

    /// Holds what was read last against the layout of the model, and that against the check of the core.
    private boolean fitsAsTheCoreSays(Signature signature, InferCall call, String name) {
        boolean hasStrings = signature.inputs().stream().anyMatch(spec -> spec.type() == DataType.BYTES);
        if (hasStrings) {
            return false;
        }
        boolean fits = fit.fits(reader.body(), Layout.of(new Model(signature)));
        int rows = 0;
        try {
            rows = RequestCheck.check("m", signature, call.request());
        } catch (ServingException e) {
            name += e.reason();
        }
        assertThat(fits).as(name).isEqualTo(rows > 0);
        if (fits) {
            assertThat(fit.rows).as(name).isEqualTo(rows);
        }
        return fits;
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

    @Test
    void aShapeAloneReservesNothing() {
        assertThatThrownBy(() ->
                        read("{\"inputs\":[{\"name\":\"x\",\"shape\":[8,100000],\"datatype\":\"FP32\",\"data\":[1]}]}"))
                .hasMessageContaining("unexpected number of elements in 'data' of input 'x': 1 (expected: 800000");
        assertThat(budget.held()).isZero();
    }

    @Test
    void aTensorTooLargeForTheMemoryOfRequestsIsRefusedForThat() {
        String values = String.join(",", Collections.nCopies(300_000, "1"));
        String json =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[300000],\"datatype\":\"FP32\",\"data\":[" + values + "]}]}";

        assertThatThrownBy(() -> read(json)).isInstanceOfSatisfying(ServingException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(refusal).hasMessageContaining("test.budget");
        });
    }

    @Test
    void textsFillMemoryOfTheirOwnWhenTheyAreMany() {
        String values = String.join(",", Collections.nCopies(2000, "\"abc\\u00e9\""));
        InferCall call = read(
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[2000],\"datatype\":\"BYTES\",\"data\":[" + values + "]}]}");

        assertThat(call.request().inputs().getFirst().byteCount()).isEqualTo(2000L * (4 + 5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'inputs':[],'parameters':{'priority':1.5}}",
                "{'inputs':[],'parameters':{'timeout':true}}",
                "{'inputs':[],'parameters':{'sequence_id':[]}}",
            })
    void aParameterOfAnotherTypeIsNamed(String json) {
        String name = json.replaceAll(".*\\{'([a-z_]+)'.*", "$1");

        assertThatThrownBy(() -> read(json.replace('\'', '"'))).hasMessageContaining("'" + name + "'");
    }

    @Test
    void valuesNobodyAskedForMayNotBeNestedWithoutEnd() {
        assertThatThrownBy(() -> read("{\"x\":" + "[".repeat(100_000))).hasMessageContaining("at most 64 deep");
        assertThatThrownBy(() -> read("{\"x\":" + "{\"a\":".repeat(100_000))).hasMessageContaining("at most 64 deep");
    }

    private InferCall read(String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return read(text, text.length);
    }
}
