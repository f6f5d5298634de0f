package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.FullHttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InferReplyWriterTest {
    private static final ReplyForm JSON = new ReplyForm("", false, Map.of(), false);

    private final AnswerJson answers = new AnswerJson(new JsonPage(UnpooledByteBufAllocator.DEFAULT));

    @Test
    void moreElementsThanAnEventLoopShouldWriteAreRefusedAsJson() {
        int count = (int) AnswerJson.MAX_ELEMENTS + 1;
        Tensor flags = new Tensor(
                "y", DataType.BOOL, Shape.of(count), ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN));

        ServingException refusal = refusalOf(flags);

        assertThat(refusal.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(refusal)
                .hasMessageContaining("16777217 elements in JSON")
                .hasMessageContaining("binary_data_output");
    }

    @Test
    void moreTextThanAnEventLoopShouldWriteIsRefusedAsJson() {
        int bytes = (int) JsonPage.MAX_BYTES;
        Tensor text = text(bytes);

        ServingException refusal = refusalOf(text);

        assertThat(refusal.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(refusal).hasMessageContaining("more than 67108864 bytes of JSON");
    }

    @Test
    void asBinaryDataTheyAreNoTrouble() {
        Tensor text = text((int) JsonPage.MAX_BYTES);

        FullHttpResponse response = InferReplyWriter.write(answers, "m", ReplyForm.ALL_BINARY, reply(text), null);

        assertThat(response.content().readableBytes()).isGreaterThan((int) JsonPage.MAX_BYTES);
        response.release();
    }

    private ServingException refusalOf(Tensor output) {
        return catchThrowableOfType(
                ServingException.class, () -> InferReplyWriter.write(answers, "m", JSON, reply(output), null));
    }

    private static InferenceReply reply(Tensor output) {
        return new InferenceReply(new ModelKey("m", 1), List.of(output));
    }

    /// One element of spaces.
    private static Tensor text(int bytes) {
        ByteBuffer data = ByteBuffer.allocate(Integer.BYTES + bytes).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.fill(data.array(), (byte) ' ');
        data.putInt(0, bytes);
        return new Tensor("y", DataType.BYTES, Shape.of(1), data);
    }
}
