package dev.penstock.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT,INVALID_ARGUMENT",
        "NOT_FOUND,NOT_FOUND",
        "NOT_READY,UNAVAILABLE",
        "OVERLOADED,RESOURCE_EXHAUSTED",
        "ALREADY_EXISTS,ALREADY_EXISTS",
        "DEADLINE_EXCEEDED,DEADLINE_EXCEEDED",
        "CANCELLED,CANCELLED",
        "TOO_LARGE,RESOURCE_EXHAUSTED",
        "UNAUTHENTICATED,UNAUTHENTICATED",
        "PERMISSION_DENIED,PERMISSION_DENIED",
        "UNSUPPORTED,UNIMPLEMENTED",
        "MODEL_FAILED,INTERNAL",
        "INTERNAL,INTERNAL"
    })
    void everyCodeHasItsStatus(ErrorCode code, Status.Code status) {
        assertThat(GrpcErrors.codeOf(code)).isEqualTo(status);
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void onlyOverloadAsksToComeBack(ErrorCode code) {
        StatusRuntimeException refusal = GrpcErrors.refusal(code, "why");

        assertThat(DoorFixture.value(refusal.getTrailers(), "grpc-retry-pushback-ms"))
                .isEqualTo(code == ErrorCode.OVERLOADED ? "100" : null);
    }

    @Test
    void aRefusalHasNoStackTrace() {
        assertThat(GrpcErrors.refusal(ErrorCode.NOT_FOUND, "why").getStackTrace())
                .isEmpty();
    }
}
