package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.VersionRecord;
import org.junit.jupiter.api.Test;

class LifecycleJsonTest {
    @Test
    void whatWaitsForItsVerdictIsShown() {
        VersionRecord version = StoreFixtures.bare();

        assertThat(json(version)).doesNotContain("waiting");
        assertThat(json(version.with(StoreFixtures.intent())))
                .endsWith(
                        ",\"waiting\":{\"aliases\":[\"canary\",\"stable\"],\"policy\":\"all\",\"config\":\"max_batch_size: 8\",\"by\":\"bob\",\"at\":\"1970-01-01T00:00:00Z\"}}");
    }

    private static String json(VersionRecord version) {
        return Json.text(out -> {
            out.writeStartObject();
            LifecycleJson.writeVersionFields(out, version);
            out.writeEndObject();
        });
    }
}
