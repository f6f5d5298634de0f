package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Streams to a grpc-java server.
@Timeout(400)
class GrpcStreamTest {
    private final InferServer server = new InferServer();
    private final LoadRun run = new LoadRun(System::nanoTime);

    @AfterEach
    void stop() {
        server.close();
    }

    private LoadResult run(int streams, int inFlight, long requests, Payload... payloads) {
        LoadPlan plan = LoadPlan.to(server.address(), Protocol.GRPC_STREAM, List.of(payloads))
                .connections(2)
                .streams(streams)
                .inFlight(inFlight)
                .verifyEvery(1)
                .timeout(Duration.ofMinutes(2))
                .extent(new Extent.Requests(0, requests))
                .build();
        return run.run(plan, PhaseObserver.NONE);
    }

    private static Payload payload(String model, int rawBytes) {
        ModelInferRequest request = InferServer.request(model, rawBytes);
        byte[] answer = ModelStreamInferResponse.newBuilder()
                .setInferResponse(InferServer.answer(request))
                .build()
                .toByteArray();
        return InferPayloads.streamed(request).expecting(AnswerCheck.exactly(answer));
    }

    @Test
    void manyMessagesShareAFewStreams() {
        LoadResult result = run(3, 10, 2000, payload(InferServer.ECHO, 16), payload(InferServer.ECHO, 40));

        assertThat(result.errors()).isEmpty();
        assertThat(result.verified()).isEqualTo(2000);
        assertThat(server.ids).hasSize(2000);
        assertThat(server.headers).hasSize(6);
    }

    @Test
    void messagesLargerThanWindowsKeepTheirOrder() {
        LoadResult result = run(2, 4, 60, payload(InferServer.ECHO, 2_000_000), payload(InferServer.ECHO, 70_000));

        assertThat(result.errors()).isEmpty();
        assertThat(result.verified()).isEqualTo(60);
    }

    @Test
    void anErrorMessageInAStreamIsAnError() {
        LoadResult result = run(1, 4, 40, payload("unknown", 16), payload(InferServer.ECHO, 16));

        assertThat(result.errors()).isEqualTo(Map.of("STREAM_ERROR", 20L));
        assertThat(result.succeeded()).isEqualTo(20);
    }

    @Test
    void aStreamThatEndsFailsWhatWasUnderWayAndIsOpenedAnew() {
        LoadResult result = run(1, 1, 10, payload("end", 16));

        assertThat(result.errors()).isEqualTo(Map.of("STREAM_ENDED", 10L));
        assertThat(server.headers).hasSize(10);
    }

    @Test
    void noAnswerGivesTheStreamUp() {
        LoadPlan plan = LoadPlan.to(server.address(), Protocol.GRPC_STREAM, List.of(payload(InferServer.SILENT, 16)))
                .inFlight(3)
                .timeout(Duration.ofMillis(30))
                .extent(new Extent.Requests(0, 6))
                .build();

        assertThat(run.run(plan, PhaseObserver.NONE).errors()).isEqualTo(Map.of("TIMEOUT", 6L));
    }
}
