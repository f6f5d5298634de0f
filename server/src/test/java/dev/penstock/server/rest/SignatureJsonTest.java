package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Device;
import dev.penstock.server.admin.ModelLookup;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureJsonTest {
    @ParameterizedTest
    @CsvSource({
        "LOADING, '', LOADING, OK, ''",
        "READY, '', AVAILABLE, OK, ''",
        "UNLOADING, unloaded, UNLOADING, OK, ''",
        "UNAVAILABLE, not asked for, START, OK, ''",
        "UNAVAILABLE, unloaded, END, OK, ''",
        "UNAVAILABLE, no such file, END, UNKNOWN, no such file",
    })
    void eachStateHasItsNameInTensorFlowServing(
            VersionState state, String reason, String name, String code, String message) {
        VersionStatus version = new VersionStatus(7, state, reason, Device.CPU, null, null);

        String json =
                Json.text(out -> SignatureJson.writeStatus(out, "m", new ModelLookup.Known(List.of(version), false)));

        assertThat(json)
                .isEqualTo(
                        "{\"name\":\"m\",\"ready\":false,\"model_version_status\":[{\"version\":\"7\",\"state\":\"%s\",\"status\":{\"error_code\":\"%s\",\"error_message\":\"%s\"}}]}"
                                .formatted(name, code, message));
    }
}
