package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadPlanTest {
    private static final InetSocketAddress TARGET = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final Payload PAYLOAD = Payload.of("/a", Map.of(), new byte[3]);

    private static LoadPlan.Builder plan(Protocol protocol) {
        return LoadPlan.to(TARGET, protocol, List.of(PAYLOAD));
    }

    private static void refused(LoadPlan.Builder plan, String message) {
        assertThatIllegalArgumentException().isThrownBy(plan::build).withMessage(message);
    }

    @Test
    void whatCannotBeIsRefusedByName() {
        refused(plan(Protocol.GRPC_UNARY).connections(0), "connections: 0 (expected: >= 1)");
        refused(plan(Protocol.GRPC_UNARY).inFlight(2), "inFlight: 2 (expected: 1 with GRPC_UNARY)");
        refused(plan(Protocol.HTTP).streams(2), "streams: 2 (expected: 1 with HTTP)");
        refused(plan(Protocol.HTTP).threads(2), "threads: 2 (expected: 1 to the number of connections)");
        refused(plan(Protocol.HTTP).verifyEvery(0), "verifyEvery: 0 (expected: >= 1)");
        refused(plan(Protocol.HTTP).timeout(Duration.ZERO), "timeout: PT0S (expected: positive)");
        refused(plan(Protocol.HTTP).payloads(List.of()), "payloads: 0 (expected: at least one)");
        refused(
                plan(Protocol.GRPC_STREAM).payloads(List.of(PAYLOAD, Payload.of("/b", Map.of(), new byte[0]))),
                "paths of payloads: 2 (expected: 1 with GRPC_STREAM)");
        refused(
                plan(Protocol.GRPC_STREAM).breakdown(List.of("x-version")),
                "breakdown: [x-version] (expected: none with GRPC_STREAM, whose answers have no headers of their own)");
        refused(
                plan(Protocol.GRPC_STREAM).headers(Map.of("x-unit", "{unit:5}")),
                "headers with {n} or {unit:K}: some (expected: none with GRPC_STREAM, where headers are the stream's)");
    }

    @Test
    void headersThatWouldBreakARequestApartAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Payload.of("/a", Map.of("x-a", "1\r\nx-b: 2"), new byte[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> Payload.of("/a", Map.of("X-A", "1"), new byte[0]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Payload.of("/a", Map.of("x-a", "{unit:0}"), new byte[0]))
                .withMessage("value of header x-a: {unit:0} (expected: {unit:K}, K from 1 to 999999999, or {n})");
        assertThatIllegalArgumentException().isThrownBy(() -> Payload.of("a", Map.of(), new byte[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> Payload.of("/a b", Map.of(), new byte[0]));
    }

    @Test
    void aChangedPlanIsOtherwiseTheSame() {
        LoadPlan plan = plan(Protocol.GRPC_UNARY)
                .connections(4)
                .streams(5)
                .threads(2)
                .verifyEvery(3)
                .timeout(Duration.ofSeconds(9))
                .deadline(Duration.ofSeconds(8))
                .headers(Map.of("x-a", "b"))
                .seed(10)
                .pacing(new Pacing.OpenLoop(5, Pacing.Spacing.POISSON, 6, 7))
                .extent(new Extent.Requests(1, 2))
                .build();

        assertThat(plan.but().build()).isEqualTo(plan);
        assertThat(plan.places()).isEqualTo(20);
        assertThat(plan.but().streams(6).build().places()).isEqualTo(24);
    }

    @Test
    void aPayloadKeepsItsBytes() {
        byte[] body = {1, 2, 3};
        Payload payload = Payload.of("/a", Map.of(), body);

        body[0] = 9;

        assertThat(payload.body()).containsExactly(1, 2, 3);
    }
}
