package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.digits;
import static dev.penstock.server.grpc.DoorFixture.failureOf;
import static dev.penstock.server.grpc.DoorFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.ModelInferRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/// A request that must be refused.
record BadRequest(String what, ModelInferRequest request, Status.Code code, String message) {
    static BadRequest of(String what, ModelInferRequest.Builder request, Status.Code code, String message) {
        return new BadRequest(what, request.setId("bad-1").build(), code, message);
    }

    /// Sends it, then a good one by the same connection.
    void assertRefusedBy(DoorFixture fixture) {
        StatusRuntimeException failure = failureOf(() -> fixture.stub.modelInfer(request));

        assertThat(failure.getStatus().getCode()).as(failure.toString()).isEqualTo(code);
        assertThat(failure.getStatus().getDescription()).contains(message);
        assertThat(value(failure.getTrailers(), "x-penstock-request-id")).isEqualTo("bad-1");
        assertThat(fixture.stub.modelInfer(digits().build()).getModelVersion()).isEqualTo("2");
        assertThat(fixture.leases()).isZero();
    }

    @Override
    public String toString() {
        return what;
    }
}
